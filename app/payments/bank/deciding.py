"""What people do with rows of a statement: apply them, set them aside, take that back. Clause 1.1.5a; FLOWS.md 3.

A row is locked first, so of two clerks one decides and the other is told. Then the receipt is recorded and the orders
are locked (see `applying`).
"""

from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.payments.approving import (
    Approval,
    Arrival,
    AskedAlready,
    Spread,
    approval_for,
    settle,
    when_carried_out,
)
from app.payments.bank.checking import check, proposal_for
from app.payments.bank.models import APPLIED, OPEN, SET_ASIDE, UNCHECKED, VALID, BankRow
from app.payments.models import BY_REMITTANCE, Receipt

MOST_AT_ONCE = 200
ASIDE: dict[str, LazyString] = {
    "not_for_us": _l("Not a payment for an order"),
    "sent_back": _l("Sent back by the bank"),
    "own_transfer": _l("A transfer between our own accounts"),
}


class RowDecided(BusinessError):
    """Somebody else applied the row or set it aside."""

    message = _l("This row was decided in the meantime.")


def apply_row(row_id: int, spread: Spread, by: Actor, at: datetime) -> Receipt | Approval:
    """The row's money becomes a receipt, and so much of it pays for each order; what is left stays unapplied.

    One order that is given all takes what it needs, also when it has ended (then nothing). Above the limit it waits for
    a second person. Raises RowDecided, AskedAlready, ReferenceReused, LateMoney, NotThatMuch, MoveNotAllowed, NotFound.
    """
    with transaction() as session:
        row = _open(session, row_id, by)
        return settle(session, _arrival(row), spread, by, at, takes_all=list(spread.values()) == [row.amount])


def apply_fitting(by: Actor, at: datetime) -> tuple[int, int]:
    """Apply every row that fits its order, as judged anew; returns how many were applied, and how many were asked for.

    Each in a transaction of its own; one that does not fit any more is left for a person.
    """
    fitting = select(BankRow.id).where(BankRow.state == VALID).order_by(BankRow.day, BankRow.id).limit(MOST_AT_ONCE)
    done = [_apply_if_fitting(row_id, by, at) for row_id in db.session.scalars(fitting).all()]
    return sum(isinstance(each, Receipt) for each in done), sum(isinstance(each, Approval) for each in done)


def set_aside(row_id: int, why: str, by: Actor, at: datetime) -> None:
    """The row is no payment for an order, for a reason of `ASIDE`. Raises as `apply_row`, of what concerns rows."""
    with transaction() as session:
        row = _open(session, row_id, by)
        if approval_of(session, row):
            raise AskedAlready
        row.state, row.reasons, row.decided_at, row.decided_by = SET_ASIDE, [why], at, by.audit_ref
        record("bank_row.set_aside", actor=by.audit_ref, reference=row.reference, amount=str(row.amount), why=why)


def take_back(row_id: int, by: Actor) -> None:
    """A row that was set aside is open again, and judged anew. Raises RowDecided, MoveNotAllowed, NotFound."""
    with transaction() as session:
        row = _lock(session, row_id, by)
        if row.state != SET_ASIDE:
            raise RowDecided
        row.state, row.decided_at, row.decided_by = UNCHECKED, None, None
        check(session, [row])
        record("bank_row.taken_back", actor=by.audit_ref, reference=row.reference, amount=str(row.amount))


def read_row(row: BankRow, by: Actor) -> tuple[str, str]:
    """Payer and remark in full, for who matches money; the look is on the ledger. Both empty once forgotten."""
    try:
        with purpose(Purpose.SERVICE):
            found = row.payer or "", row.remark or ""
    except KeyDestroyed:
        return "", ""
    with transaction():
        record("bank_row.read", actor=by.audit_ref, reference=row.reference)
    return found


@when_carried_out
def mark_applied(session: Session, receipt: Receipt, by: Actor, at: datetime) -> None:
    """The row that says this money is decided, whoever recorded it from wherever."""
    same = (
        BankRow.reference == receipt.reference,
        BankRow.amount == receipt.amount,
        BankRow.day == receipt.received_on,
    )
    if receipt.channel == BY_REMITTANCE:
        decided = {"state": APPLIED, "receipt_id": receipt.id, "decided_at": at, "decided_by": by.audit_ref}
        session.execute(update(BankRow).where(*same, BankRow.state.in_(OPEN)).values(decided))


def _apply_if_fitting(row_id: int, by: Actor, at: datetime) -> Receipt | Approval | None:
    try:
        with transaction() as session:
            row = _open(session, row_id, by)
            found = proposal_for(session, row)
            if found.state != VALID:
                row.state, row.reasons = found.state, list(found.reasons)
                return None
            return settle(session, _arrival(row), found.spread, by, at)
    except BusinessError:  # decided, asked for or moved on just now: it stays on the desk as it stands
        return None


def approval_of(session: Session, row: BankRow) -> Approval | None:
    """What waits for a second person about this row's money."""
    return approval_for(session, _arrival(row))


def _arrival(row: BankRow) -> Arrival:
    return Arrival(BY_REMITTANCE, row.reference, row.amount, row.day)


def _open(session: Session, row_id: int, by: Actor) -> BankRow:
    row = _lock(session, row_id, by)
    if not row.is_open:
        raise RowDecided
    return row


def _lock(session: Session, row_id: int, by: Actor) -> BankRow:
    if not by.may("pay"):
        raise MoveNotAllowed
    mine = select(BankRow).where(BankRow.id == row_id).with_for_update()
    row = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row
