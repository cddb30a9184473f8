"""What a host says of itself to its marketers' pages: who may see them, how things are called, what marketers noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


class Note(NamedTuple):
    """Something that a marketer wrote beside a day, such as "price cut"."""

    day: date
    text: str


class Goal(NamedTuple):
    """What a marketer wants visitors to reach: a step of the funnel, or a kind of page (and one page of it)."""

    name: str
    kind: str = ""
    key: str = ""
    step: str = ""
    """The lower-case name of a codes.Step; where it is given, `kind` and `key` say nothing."""


class Link(NamedTuple):
    text: str
    address: str


def plain_money(amount: int) -> str:
    """An amount in hundredths, without a currency."""
    return f"{amount / 100:,.2f}"


def plain_page(kind: str, key: str) -> str:
    return f"{kind} {key}".strip()


def no_notes(first: date, last: date) -> Sequence[Note]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """`layout` has the blocks `title`, `styles` and `main`. `guard` decides who may see the pages; without one,
    everybody may.

    `name_group` names the part of the site in which an address led nowhere, by the key that its error page told.
    `product_kind` is the page kind whose keys are products: without it nothing is said of products. `links` lead to
    pages of the host that belong beside the figures; notes are asked for from a first day to a last; `keeps` names
    parameters of the host that every link carries on.
    """

    layout: str = "analytics/layout.html"
    guard: Guard = lambda view: view
    language: Callable[[], str] = lambda: "zh"
    keeps: Sequence[str] = ()
    money: Callable[[int], str] = plain_money
    name_page: Callable[[str, str], str] = plain_page
    name_group: Callable[[str], str] = str
    name_band: Callable[[int], str] = str
    product_kind: str = ""
    notes: Callable[[date, date], Sequence[Note]] = no_notes
    goals: Callable[[], Sequence[Goal]] = tuple
    links: Callable[[], Sequence[Link]] = tuple
