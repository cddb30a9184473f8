"""Breaches go when evidence goes, counted from the day they were found."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.breaches.models import Breach, BreachPerson
from app.privacy.keeping import began_before, keeps


def _found(at: datetime) -> Select[Any]:
    return select(Breach.id).where(Breach.found_at < began_before("evidence", at))


@keeps("breaches", "evidence", Breach, BreachPerson, overdue=_found)
def forget_breaches(session: Session, ids: list[int], at: datetime) -> None:
    """With whom they affected; the public notice goes too."""
    session.execute(delete(BreachPerson).where(BreachPerson.breach_id.in_(ids)))
    session.execute(delete(Breach).where(Breach.id.in_(ids)))
