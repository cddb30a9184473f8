"""Telling everybody who the new holder will be, and whoever is concerned that it happened. Clauses 4.2.4, 4.3.2a.

A duty finds who was not told yet, some hundred in a transaction: killed anywhere it goes on where it stood, and nobody
is told twice. Only when it finds nobody any more does the notice that people were promised begin to run.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, Table, exists, inspect, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED, Account
from app.accounts.telling import tell, tell_once
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db, insert_into, new_id, transaction
from app.foundation.jobs import every, one_by_one
from app.foundation.languages import LANGUAGES
from app.privacy.cases import locked
from app.privacy.who_saw import when_untold
from app.transfers.audience import not_announced_to
from app.transfers.deciding import notice
from app.transfers.kinds import APPROVED, GIVEN, MERGER
from app.transfers.models import TransferCase, TransferPerson
from app.transfers.switch import are_on

AT_ONCE = 100
_ROWS = cast("Table", inspect(TransferPerson).local_table)


@every(seconds=30, name="transfers.announce", apart=True)
def announce_all() -> int:
    """Tell whoever was not told yet of a new holder; returns how many were. Safe to run twice at once."""
    at = now()
    if not are_on(at):
        return 0
    announcing = TransferCase.kind == MERGER, TransferCase.state == APPROVED, TransferCase.expires_at > at
    return one_by_one(db.session.scalars(select(TransferCase.number).where(*announcing)).all(), announce)


def announce(number: str) -> int:
    """Tell everybody of one new holder who was not told yet; returns how many were."""
    case, told = db.session.scalars(select(TransferCase).where(TransferCase.number == number)).one(), 0
    while accounts := db.session.scalars(not_announced_to(case).limit(AT_ONCE)).all():
        with transaction() as session:
            told += sum(_announce(session, case, account, now()) for account in accounts)
    _note_all_told(number, now())
    return told


def _announce(session: Session, case: TransferCase, account: Account, at: datetime) -> bool:
    """Write the record first: where another process was faster nothing more is written."""
    row = {"id": new_id(), "case_id": case.id, "audit_ref": account.audit_ref, "announced_at": at, "terms": ""}
    written = insert_into(session, _ROWS).values(row).on_conflict_do_nothing().returning(_ROWS.c.id)
    if session.scalar(written) is None:
        return False
    day = at.astimezone(SHANGHAI).date()
    tell(
        session, account, "transfer.asked" if case.needs_agreement_on(day) else "transfer.announced",
        name=case.name_in(LANGUAGES[account.language]), contact=case.contact, case=case.number,
        day=(day + notice()).isoformat(),
    )  # fmt: skip
    return True


def _note_all_told(number: str, at: datetime) -> None:
    with transaction() as session:
        case = locked(session, TransferCase, number)
        if case.all_told_at is None and session.scalars(not_announced_to(case).limit(1)).first() is None:
            case.all_told_at = at
            record("transfer.announced", case=number)


@every(seconds=10, name="transfers.tell", apart=True)
def tell_all() -> int:
    """Tell those whose data went, and who may be told; returns how many were. Safe to run twice at once."""
    return one_by_one(db.session.scalars(_to_tell(now()).limit(AT_ONCE)).all(), _tell)


@when_untold
def barred_transfers(at: datetime) -> Select[str]:
    """Numbers of the transfers of which nobody may be told at a moment."""
    day = at.astimezone(SHANGHAI).date()
    return select(TransferCase.number).where(TransferCase.barred_until > day)


def _to_tell(at: datetime) -> Select[int]:
    there = exists().where(Account.audit_ref == TransferPerson.audit_ref, Account.state != CLOSED)
    free = TransferCase.state == GIVEN, TransferCase.number.not_in(barred_transfers(at))
    waiting = select(TransferPerson.id).join(TransferCase, TransferCase.id == TransferPerson.case_id)
    waiting = waiting.where(TransferPerson.given_at.is_not(None), TransferPerson.told_at.is_(None), there, *free)
    return waiting.order_by(TransferPerson.given_at, TransferPerson.id)


def _tell(person_id: int) -> int:
    return tell_once(TransferPerson, person_id, "transfer.given", "transfer.told", _named)


def _named(session: Session, person: TransferPerson) -> dict[str, str]:
    case = session.get_one(TransferCase, person.case_id)
    language = session.scalar(select(Account.language).where(Account.audit_ref == person.audit_ref))
    return {"case": case.number, "name": case.name_in(LANGUAGES[language or "zh-cn"]), "contact": case.contact}
