"""What marketers wrote beside the figures, and the links by whose UTM values visits are counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from flask import Flask

from analytics.campaign import Utm as Utm
from analytics.campaign import utm_of as utm_of


class Beside(Protocol):
    """What marketers wrote beside the figures, as plain values: the counting house's own words are not told around."""

    def notes(self, first: date, last: date) -> Sequence[tuple[date, str]]:
        """Day and text."""

    def goals(self) -> Sequence[tuple[str, str, str, str]]:
        """Name, page kind, page key, step."""

    def links(self) -> Sequence[tuple[str, str]]:
        """Text and address of pages that belong beside the dashboard."""

    def registered_links(self) -> Mapping[Utm, int]:
        """The UTM values of links in use and their numbers. Asked for by pages, so it must cost next to nothing."""

    def link_name(self, number: int) -> str:
        """What a link, perhaps a retired one, is called."""


def marketers_write(app: Flask, beside: Beside) -> None:
    """Let the dashboard show what marketers wrote; before `init_measurement`."""
    app.extensions["beside_the_figures"] = beside
