"""Opening a breach, which contains it; telling everybody affected; and the report to the authorities. Clause 5.1.5b."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED, SHUT_OUT, Account
from app.accounts.telling import tell_once
from app.breaches.affected import Leak, affected_by, kinds_in
from app.breaches.models import Breach, BreachPerson
from app.foundation.audit import record
from app.foundation.database import db, new_id, transaction
from app.foundation.errors import NotFound
from app.foundation.jobs import every, one_by_one
from app.foundation.web_session import revoke_all
from app.orders.numbers import new_order_number

AT_ONCE = 200


def open_breach(leak: Leak, at: datetime) -> Breach:
    """Write down what leaked and whom it concerns, and shut out the reader in the same moment. Raises NoLeak."""
    with transaction() as session:
        persons = affected_by(session, leak)
        breach = Breach(
            number=f"L{new_order_number()}", reader=leak.reader, tables=list(leak.tables), texts=dict(leak.texts or {}),
            kinds=kinds_in(session, leak), from_at=leak.from_at, to_at=leak.to_at, found_at=at, persons=len(persons),
        )  # fmt: skip
        session.add(breach)
        session.flush()
        session.add_all([BreachPerson(id=new_id(), breach_id=breach.id, audit_ref=ref) for ref in persons])
        _contain(session, leak.reader)
        record("breach.opened", breach=breach.number, reader=leak.reader, tables=breach.tables, persons=len(persons))
    return breach


def release(number: str, at: datetime) -> Breach:
    """From now on everybody affected is told and the notice is public. Safe to repeat. Raises NotFound."""
    with transaction() as session:
        breach = session.scalars(select(Breach).where(Breach.number == number).with_for_update()).one_or_none()
        if breach is None:
            raise NotFound
        if breach.released_at is None:
            breach.released_at = at
            record("breach.released", breach=number)
    return breach


@every(seconds=5, name="breaches.tell", apart=True)
def tell_affected() -> int:
    """Tell whoever was not told yet; returns how many were. Killed anywhere it goes on, and nobody is told twice."""
    told = 0
    while some := db.session.scalars(_to_tell().limit(AT_ONCE)).all():
        told += (now_told := one_by_one(some, _tell))
        if not now_told:
            break
    return told


def figures_of(session: Session, refs: Sequence[int]) -> dict[str, Any]:
    """How many are affected, by language, and how many of them cannot be reached but by the public notice."""
    languages: Counter[str] = Counter()
    for start in range(0, len(refs), AT_ONCE):
        some = (Account.audit_ref.in_(refs[start : start + AT_ONCE]), Account.state != CLOSED)
        languages.update(session.scalars(select(Account.language).where(*some)))
    return {"persons": len(refs), "languages": dict(languages), "unreachable": len(refs) - languages.total()}


def _contain(session: Session, reader: int | None) -> None:
    """End the reader's sessions and refuse new ones; what else contains it is written among the measures."""
    account = session.scalars(select(Account).where(Account.audit_ref == reader)).one_or_none() if reader else None
    if account is not None and account.is_staff:
        account.state = SHUT_OUT
        revoke_all(session, account.id)
        record("staff.shut_out", subject=reader, role=account.role)


def _to_tell() -> Select[int]:
    there = exists().where(Account.audit_ref == BreachPerson.audit_ref, Account.state != CLOSED)
    waiting = select(BreachPerson.id).join(Breach, Breach.id == BreachPerson.breach_id)
    return waiting.where(Breach.released_at.is_not(None), BreachPerson.told_at.is_(None), there)


def _tell(person_id: int) -> int:
    return tell_once(BreachPerson, person_id, "breach.told", "breach.told", _named)


def _named(session: Session, person: BreachPerson) -> dict[str, str]:
    return {"breach": session.get_one(Breach, person.breach_id).number}
