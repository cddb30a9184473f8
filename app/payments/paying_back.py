"""Money goes back the way it came: promised when a refund is approved, gone when a clerk has sent it. FLOWS.md 4.

The only place that makes payouts and moves what they sum to: `promised` and `refunded` of an order, `returned` of an
allocation. Never more goes back than a receipt brought, and none twice: the checks of the tables say so.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.money import ZERO, Money
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.models import BY_REMITTANCE, Allocation, Payout, Receipt


class NumberReused(Exception):
    """The number of this way stands for another payout."""


def promise(session: Session, order: Order, refund_id: int, amount: Money) -> list[Payout]:
    """Promise so much of what a locked order was paid: out of the receipt that came last, then the one before.

    The newest first, because an institution takes back only what is not too old. Raises ValueError where the order
    has not that much.
    """
    newest_first = (Receipt.received_on.desc(), Receipt.recorded_at.desc(), Receipt.id.desc())
    paid_by = select(Allocation, Receipt).join(Receipt, Receipt.id == Allocation.receipt_id)
    payouts = []
    rest = amount
    for allocation, receipt in session.execute(paid_by.where(Allocation.order_id == order.id).order_by(*newest_first)):
        part = min(rest, allocation.amount - allocation.returned)
        if part > ZERO:
            allocation.returned += part
            payouts.append(_payout(session, receipt, refund_id, part, order.id))
            rest -= part
    if rest:
        raise ValueError("an order gives back what it was paid, and no more")
    order.promised += amount
    session.flush()
    return payouts


def promise_rest(session: Session, receipt: Receipt, refund_id: int, amount: Money) -> Payout:
    """Promise so much of a receipt that no order used; it was set aside in `Receipt.returned` when it was asked for."""
    payout = _payout(session, receipt, refund_id, amount, None)
    session.flush()
    return payout


def send(session: Session, payout: Payout, reference: str, on: date, by: Actor, at: datetime) -> None:
    """The promised money has gone under this number; its order is locked. Raises NumberReused."""
    try:
        with session.begin_nested():
            payout.reference, payout.paid_on, payout.paid_at, payout.paid_by = reference, on, at, by.audit_ref
    except IntegrityError:
        raise NumberReused from None
    if payout.order_id:
        order = session.get_one(Order, payout.order_id)
        order.promised -= payout.amount
        order.refunded += payout.amount
    audit.record(
        "payout.sent", actor=by.audit_ref, way=payout.way, reference=reference, amount=str(payout.amount),
        paid_on=on.isoformat(),
    )  # fmt: skip


def by_transfer_instead(payout: Payout, by: Actor) -> None:
    """The institution takes nothing back any more: the promised money goes by transfer."""
    payout.way = BY_REMITTANCE
    audit.record("payout.by_transfer", actor=by.audit_ref, amount=str(payout.amount))


def _payout(session: Session, receipt: Receipt, refund_id: int, amount: Money, order_id: int | None) -> Payout:
    payout = Payout(
        refund_id=refund_id, receipt_id=receipt.id, order_id=order_id, way=receipt.channel, amount=amount
    )  # fmt: skip
    session.add(payout)
    return payout
