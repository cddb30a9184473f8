"""Breaches that everybody may read of, and what leaked by them in words."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.breaches.affected import INVOICE
from app.breaches.models import Breach
from app.breaches.states import CLOSED
from app.foundation.personal_data import REGISTER
from app.privacy.who_saw import sorts_of_readings

INVOICE_TEXT = _l("An invoice of yours")


def released() -> Select[Breach]:
    """The newest first; a drill is no breach."""
    return (
        select(Breach)
        .where(Breach.released_at.is_not(None), ~Breach.is_drill)
        .order_by(Breach.released_at.desc(), Breach.id)
    )


def breaches_in(state: str | None) -> Select[Breach]:
    """Breaches in a state, or all, the newest first."""
    rows = select(Breach).order_by(Breach.found_at.desc(), Breach.id.desc())
    return rows.where(Breach.state == state) if state else rows


def breach_by(number: str) -> Select[Breach]:
    return select(Breach).where(Breach.number == number)


def breaches_open() -> Select[Breach]:
    """What somebody still works on, drills too."""
    return select(Breach).where(Breach.state != CLOSED)


def in_words(kinds: Sequence[str]) -> list[str]:
    """What leaked, in the language of the request; what no slice knows any more stands by its name."""
    known = {event: str(text) for event, text in sorts_of_readings().items()} | {INVOICE: str(INVOICE_TEXT)}
    known |= {f"{field.table}.{field.name}": _(field.why) for field in REGISTER}
    return [known.get(kind, kind) for kind in kinds]


def words_for_tables() -> dict[str, str]:
    """By table what the first of its fields is for, in the language of the request."""
    found: dict[str, str] = {}
    for field in REGISTER:
        found.setdefault(field.table, _(field.why))
    return found
