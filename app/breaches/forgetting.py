"""Breaches go when evidence goes, counted from the day they were written down."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.breaches.models import Breach, BreachPerson
from app.foundation.chain_cuts import needs_evidence_of
from app.privacy.keeping import began_before, keeps

needs_evidence_of("breach", Breach.number)


def _opened(at: datetime) -> Select[Any]:
    return select(Breach.id).where(Breach.opened_at < began_before("evidence", at))


@keeps("breaches", "evidence", Breach, BreachPerson, overdue=_opened)
def forget_breaches(session: Session, ids: list[int], at: datetime) -> None:
    """With whom they affected; the public notice goes too."""
    session.execute(delete(BreachPerson).where(BreachPerson.breach_id.in_(ids)))
    session.execute(delete(Breach).where(Breach.id.in_(ids)))
