"""Hands the counting house notes, goals and registered links, and the application the messages after an act."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.foundation.database import db
from app.foundation.notices import register_notices
from app.marketing.known_links import KnownLinks
from app.marketing.queries import goals_in_order, notes_between
from app.measurement.beside import Beside, Utm, marketers_write

NOTICES = {
    "note_written": _l("The note stands on the chart."),
    "note_removed": _l("The note is gone."),
    "goal_named": _l("The goal stands on the dashboard."),
    "goal_removed": _l("The goal is gone."),
    "link_registered": _l("The link is registered. Visits by it are counted from now on."),
    "link_retired": _l("The link is retired. What it counted stays."),
}


class Notes(Beside):
    """What marketers wrote, for the dashboard and for pages that a registered link leads to."""

    def __init__(self, known: KnownLinks) -> None:
        self.known = known

    def notes(self, first: date, last: date) -> Sequence[tuple[date, str]]:
        return [(note.day, note.text) for note in db.session.scalars(notes_between(first, last))]

    def goals(self) -> Sequence[tuple[str, str, str, str]]:
        return [(goal.name, goal.kind, goal.key, goal.step) for goal in db.session.scalars(goals_in_order())]

    def links(self) -> Sequence[tuple[str, str]]:
        return [
            (str(_l("Goals and notes")), url_for("marketing.notes")),
            (str(_l("Registered links")), url_for("marketing.links")),
        ]

    def registered_links(self) -> Mapping[Utm, int]:
        return self.known.now().live

    def link_name(self, number: int) -> str:
        return self.known.now().names.get(number, str(number))


def init_slice(app: Flask) -> None:
    known = app.extensions["known_links"] = KnownLinks()
    marketers_write(app, Notes(known))
    register_notices({f"marketing_{code}": ("good", text) for code, text in NOTICES.items()})
