"""Cases go when evidence goes, counted from their end, with the key of their paper; late reviews are an alarm."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.disclosures.models import DisclosedPerson, DisclosureCase
from app.foundation.alarms import clear, sound
from app.foundation.chain_cuts import needs_evidence_of
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.uploads import place_of
from app.privacy.cases import outlived
from app.privacy.files import names_files
from app.privacy.keeping import began_before, keeps

ALARM = "reviews"
needs_evidence_of("case", DisclosureCase.number)


def _ended(at: datetime) -> Select[Any]:
    return outlived(DisclosureCase, began_before("evidence", at))


@names_files
def papers_of_cases(session: Session) -> list[Path]:
    """Where the papers lie that demand something."""
    return [place_of(name) for name in session.scalars(select(DisclosureCase.document_file))]


@keeps("disclosure_cases", "evidence", DisclosureCase, DisclosedPerson, overdue=_ended)
def forget_cases(session: Session, ids: list[int], at: datetime) -> None:
    """With their people and the paper; figures of years so long ago go with them."""
    for case in session.scalars(select(DisclosureCase).where(DisclosureCase.id.in_(ids))).all():
        case.forget_papers()
        session.delete(case)


@every(seconds=60, name="disclosures.watch")
def watch_reviews() -> int:
    """Let an alarm stand while a review is late; returns how many are."""
    at = now()
    late = db.session.scalars(select(DisclosureCase.number).where(DisclosureCase.review_due_at <= at)).all()
    with transaction() as session:
        if late:
            sound(session, ALARM, at, cases=sorted(late))
        else:
            clear(session, ALARM)
    return len(late)
