"""Telling the people in a case that something was given: at once, or when the law no longer forbids it. 4.3.2a."""

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED, Account
from app.accounts.telling import tell_once
from app.disclosures.models import DisclosedPerson, DisclosureCase
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db
from app.foundation.jobs import every, one_by_one
from app.privacy.who_saw import when_untold

AT_ONCE = 200


@every(seconds=60, name="disclosures.tell", apart=True)
def tell_all() -> int:
    """Tell whoever was not told yet and may be; returns how many were. Safe to run twice at once."""
    return one_by_one(db.session.scalars(_to_tell(now()).limit(AT_ONCE)).all(), _tell)


@when_untold
def barred_cases(at: datetime) -> Select[str]:
    """Numbers of the cases of which nobody may be told at a moment."""
    day = at.astimezone(SHANGHAI).date()
    return select(DisclosureCase.number).where(DisclosureCase.barred_until > day)


def _to_tell(at: datetime) -> Select[int]:
    there = exists().where(Account.audit_ref == DisclosedPerson.audit_ref, Account.state != CLOSED)
    free = DisclosureCase.number.not_in(barred_cases(at))
    waiting = select(DisclosedPerson.id).join(DisclosureCase, DisclosureCase.id == DisclosedPerson.case_id)
    waiting = waiting.where(DisclosedPerson.given_at.is_not(None), DisclosedPerson.told_at.is_(None), there, free)
    return waiting.order_by(DisclosedPerson.given_at, DisclosedPerson.id)


def _tell(person_id: int) -> int:
    return tell_once(DisclosedPerson, person_id, "disclosure.given", "disclosure.told", _named)


def _named(session: Session, person: DisclosedPerson) -> dict[str, str]:
    return {"case": session.get_one(DisclosureCase, person.case_id).number}
