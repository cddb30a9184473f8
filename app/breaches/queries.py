"""Breaches that everybody may read of, and what leaked by them in words."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.breaches.affected import INVOICE
from app.breaches.models import Breach
from app.foundation.personal_data import REGISTER
from app.privacy.who_saw import sorts_of_readings

INVOICE_TEXT = _l("An invoice of yours")


def released() -> Select[Breach]:
    """The newest first."""
    return select(Breach).where(Breach.released_at.is_not(None)).order_by(Breach.released_at.desc(), Breach.id)


def in_words(kinds: Sequence[str]) -> list[str]:
    """What leaked, in the language of the request; what no slice knows any more stands by its name."""
    known = {event: str(text) for event, text in sorts_of_readings().items()} | {INVOICE: str(INVOICE_TEXT)}
    known |= {f"{field.table}.{field.name}": _(field.why) for field in REGISTER}
    return [known.get(kind, kind) for kind in kinds]
