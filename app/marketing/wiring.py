"""Hands the dashboard its notes and goals, and the application the messages after an act."""

from collections.abc import Sequence
from datetime import date

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.foundation.database import db
from app.foundation.notices import register_notices
from app.marketing.queries import goals_in_order, notes_between
from app.measurement import Beside, marketers_write

NOTICES = {
    "note_written": _l("The note stands on the chart."),
    "note_removed": _l("The note is gone."),
    "goal_named": _l("The goal stands on the dashboard."),
    "goal_removed": _l("The goal is gone."),
}


class Notes(Beside):
    """What marketers wrote, for the dashboard."""

    def notes(self, first: date, last: date) -> Sequence[tuple[date, str]]:
        return [(note.day, note.text) for note in db.session.scalars(notes_between(first, last))]

    def goals(self) -> Sequence[tuple[str, str, str, str]]:
        return [(goal.name, goal.kind, goal.key, goal.step) for goal in db.session.scalars(goals_in_order())]

    def links(self) -> Sequence[tuple[str, str]]:
        return [(str(_l("Goals and notes")), url_for("marketing.notes"))]


def init_slice(app: Flask) -> None:
    marketers_write(app, Notes())
    register_notices({f"marketing_{code}": ("good", text) for code, text in NOTICES.items()})
