"""Breaches go when evidence goes, counted from the day they were found."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.breaches.models import Breach, BreachPerson
from app.foundation.chain_cuts import Evidence, needs_evidence
from app.privacy.keeping import began_before, keeps


def _found(at: datetime) -> Select[Any]:
    return select(Breach.id).where(Breach.found_at < began_before("evidence", at))


@keeps("breaches", "evidence", Breach, BreachPerson, overdue=_found)
def forget_breaches(session: Session, ids: list[int], at: datetime) -> None:
    """With whom they affected; the public notice goes too."""
    session.execute(delete(BreachPerson).where(BreachPerson.breach_id.in_(ids)))
    session.execute(delete(Breach).where(Breach.id.in_(ids)))


@needs_evidence
def breach_evidence(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    """What became of a breach, for as long as the breach itself is kept."""
    told = [each for each in entries if "breach" in each.facts]
    numbers = {each.facts["breach"] for each in told}
    kept = set(session.scalars(select(Breach.number).where(Breach.number.in_(numbers))))
    yield from (each for each in told if each.facts["breach"] in kept)
