"""Money that arrived is recorded, then applied to orders: the only place that moves money onto an order. FLOWS.md 2, 3.

What an order cannot take stays on its receipt, and the receipt on the desk of unapplied money, until somebody decides.
Locks are taken orders first, by ascending id, then receipts by ascending id. So a transaction that spreads one receipt
over several orders locks those orders first, and a receipt is recorded before its transaction locks anything.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, inspect, select
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.appending import append
from app.foundation.database import insert_into, new_id
from app.foundation.errors import BusinessError
from app.foundation.languages import money
from app.foundation.money import ZERO, Money
from app.orders.cancelling import when_let_go
from app.orders.lifecycle import CANCELLED, Actor, MoveNotAllowed
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, note
from app.orders.paying import mark_paid
from app.payments.models import Allocation, Receipt


class ReferenceReused(BusinessError):
    """The bank's number stands for another payment already: one of the two was written down wrongly."""

    message = _l("This number is recorded already with another amount or day. Please read the statement again.")
    status = 422


class LateMoney(BusinessError):
    """The order was cancelled or ran out of time, and its units may be sold: no money can be applied to it."""

    message = _l("The order is cancelled, so no money can be applied to it.")


class NotThatMuch(BusinessError):
    """More than is left of the receipt, or more than the order still has to be paid."""

    message = _l("That is more than is left of this money, or more than the order still needs.")


@dataclass(frozen=True)
class Received:
    """What became of money that arrived for an order: so much is applied to it, and the rest of the receipt is kept."""

    receipt: Receipt
    order: Order
    applied: Money


def record(
    session: Session,
    channel: str,
    reference: str,
    amount: Money,
    received_on: date,
    by: Actor,
    at: datetime,
    *,
    meant_for: int | None = None,
) -> Receipt:
    """Write down money that arrived; the same payment again is the same receipt. Raises ReferenceReused."""
    return _recorded(session, channel, reference, amount, received_on, by, at, meant_for)[0]


def apply(session: Session, receipt: Receipt, order: Order, amount: Money, by: Actor, at: datetime) -> Allocation:
    """Let `amount` of a receipt pay for an order, which moves on when its deposit is there. Locks both; not repeatable.

    Raises LateMoney, NotThatMuch, MoveNotAllowed; then nothing was changed.
    """
    if not by.may("pay"):
        raise MoveNotAllowed
    order = lock_order(session, order.id)
    if order.state == CANCELLED:
        raise LateMoney
    lock_receipt(session, receipt)
    if not ZERO < amount <= min(receipt.rest, order.unpaid):
        raise NotThatMuch
    receipt.applied += amount
    order.paid += amount
    allocation = _allocated(session, receipt, order, amount, by, at)
    audit.record(
        "receipt.applied", actor=by.audit_ref, order=order.number, amount=str(amount), reference=receipt.reference
    )
    _tell(session, order, amount, by, at)
    return allocation


def receive(
    session: Session,
    channel: str,
    reference: str,
    amount: Money,
    received_on: date,
    order_id: int,
    by: Actor,
    at: datetime,
) -> Received:
    """Record money that arrived for an order and apply to it what it still needs. Safe to repeat.

    What the order does not need, all of it when the order has ended, stays on the receipt, and the buyer is told.
    Raises ReferenceReused, MoveNotAllowed, NotFound.
    """
    receipt, is_new = _recorded(session, channel, reference, amount, received_on, by, at, order_id)
    order = lock_order(session, order_id)
    lock_receipt(session, receipt)
    if usable := min(receipt.rest, order.unpaid):
        apply(session, receipt, order, usable, by, at)
    if is_new and receipt.rest:
        note(session, order, "money_late" if order.state == CANCELLED else "money_kept", by, at, amount=receipt.rest)
        tell_buyer(session, order, "order.money_kept", amount=money(receipt.rest))
    applied = session.scalar(
        select(Allocation.amount).where(Allocation.receipt_id == receipt.id, Allocation.order_id == order.id)
    )
    return Received(receipt, order, applied or ZERO)


@when_let_go
def free(session: Session, order: Order, by: Actor, at: datetime) -> None:
    """What was applied to a locked order that ended unpaid is free again on its receipts, and the buyer is told."""
    mine = select(Allocation).where(Allocation.order_id == order.id).order_by(Allocation.receipt_id)
    allocations = session.scalars(mine).all()
    if not allocations:
        return
    for allocation in allocations:
        receipt = session.get_one(Receipt, allocation.receipt_id)
        lock_receipt(session, receipt)
        receipt.applied -= allocation.amount
        session.delete(allocation)
    freed, order.paid = order.paid, ZERO
    note(session, order, "money_freed", by, at, amount=freed)
    tell_buyer(session, order, "order.money_kept", amount=money(freed))


_RECEIPTS = cast("Table", inspect(Receipt).local_table)


def lock_receipt(session: Session, receipt: Receipt) -> None:
    """The receipt as it stands now; nobody else moves its money until the caller's transaction ends."""
    session.refresh(receipt, with_for_update={"key_share": True})


def _recorded(
    session: Session,
    channel: str,
    reference: str,
    amount: Money,
    received_on: date,
    by: Actor,
    at: datetime,
    meant_for: int | None,
) -> tuple[Receipt, bool]:
    """The receipt, and whether it was written just now. Whoever writes the same at the same time waits here."""
    facts = {"channel": channel, "reference": reference, "amount": amount, "received_on": received_on}
    row = {"id": new_id(), **facts, "applied": ZERO, "recorded_at": at, "recorded_by": by.audit_ref}
    wanted = insert_into(session, _RECEIPTS).values(**row, meant_for=meant_for).on_conflict_do_nothing()
    is_new = session.scalar(wanted.returning(_RECEIPTS.c.id)) is not None
    known = select(Receipt).where(Receipt.channel == channel, Receipt.reference == reference)
    receipt = session.scalars(known).one()
    if (receipt.amount, receipt.received_on) != (amount, received_on):
        raise ReferenceReused
    if is_new:
        audit.record(
            "receipt.recorded", actor=by.audit_ref, channel=channel, reference=reference, amount=str(amount),
            received_on=received_on.isoformat(),
        )  # fmt: skip
    return receipt, is_new


def _allocated(session: Session, receipt: Receipt, order: Order, amount: Money, by: Actor, at: datetime) -> Allocation:
    """The allocation of this receipt to this order, made now or raised."""
    mine = select(Allocation).where(Allocation.receipt_id == receipt.id, Allocation.order_id == order.id)
    allocation = session.scalars(mine).one_or_none()
    if allocation is None:
        allocation = Allocation(receipt_id=receipt.id, order_id=order.id, amount=amount, at=at, by=by.audit_ref)
        append(session, allocation)
    else:
        allocation.amount += amount
    return allocation


def _tell(session: Session, order: Order, amount: Money, by: Actor, at: datetime) -> None:
    """The order moves on or says what is still to come; timeline and buyer learn of it."""
    if order.is_unpaid and order.paid >= order.deposit:
        mark_paid(session, order, by, at)
        return
    note(session, order, "pay_part" if order.is_unpaid else "pay_rest", by, at, amount=amount)
    told = "order.part_paid" if order.due_now else "order.balance_paid"
    tell_buyer(session, order, told, amount=money(amount))
