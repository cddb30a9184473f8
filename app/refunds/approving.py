"""Another person approves a refund, or refuses it: the order costs less, goods are free again, money is promised.

What goes back is what the order then has too much of. So of futures with a balance still due the balance falls first,
and of an order that is paid in full the whole refund goes back.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.database import transaction
from app.foundation.money import ZERO
from app.orders.lifecycle import AWAITING_SHIPMENT, Actor
from app.orders.models import Order, OrderEvent, OrderPart
from app.orders.moving import move_part
from app.payments.paying_back import promise, promise_rest
from app.refunds.errors import NotAsked
from app.refunds.locking import lock_refund
from app.refunds.models import Refund
from app.refunds.people import check_decides
from app.refunds.telling import tell
from app.refunds.vocabulary import APPROVED, PAID, REFUSED
from app.stock.taking import give_back_units


def approve(refund_id: int, by: Actor, at: datetime) -> Refund:
    """Let a refund that is asked for come into force. With no money to send back it is settled at once.

    Raises NotAsked, SamePersonTwice, MoveNotAllowed, NotFound.
    """
    with transaction() as session:
        refund = _asked(session, refund_id, by)
        _decide(refund, APPROVED, by, at)
        if refund.order:
            _take_off(session, refund, refund.order, by, at)
        elif refund.receipt:
            refund.pays_back = refund.amount
            promise_rest(session, refund.receipt, refund.id, refund.amount)
        session.expire(refund, ["payouts"])
        tell(session, refund, "approved", by, at)
        if not refund.pays_back:
            refund.state, refund.paid_at = PAID, at
            tell(session, refund, "paid", by, at)
    return refund


def refuse(refund_id: int, by: Actor, at: datetime) -> Refund:
    """Refuse a refund that is asked for, or for the person who asked: withdraw it. All that was set aside is free.

    Raises NotAsked, MoveNotAllowed, NotFound.
    """
    with transaction() as session:
        refund = _asked(session, refund_id, by, withdraws=True)
        _decide(refund, REFUSED, by, at)
        for row in refund.lines:
            row.line.claimed -= row.amount
            if refund.calls_off:
                row.line.halted -= row.quantity
            else:
                row.line.returned -= row.quantity
        for freight in refund.freight_rows:
            freight.part.freight_claimed -= freight.amount
        if refund.receipt:
            refund.receipt.returned -= refund.amount
        tell(session, refund, "refused", by, at)
    return refund


def _asked(session: Session, refund_id: int, by: Actor, *, withdraws: bool = False) -> Refund:
    refund = lock_refund(session, refund_id)
    if not (withdraws and by.audit_ref is not None and by.audit_ref == refund.asked_by):
        check_decides(refund, by)
    if not refund.is_asked:
        raise NotAsked
    return refund


def _decide(refund: Refund, state: str, by: Actor, at: datetime) -> None:
    refund.state, refund.decided_by, refund.decided_at = state, by.audit_ref, at


def _take_off(session: Session, refund: Refund, order: Order, by: Actor, at: datetime) -> None:
    """The order costs less, is promised what it then has too much of, and moves on where nothing is left to send."""
    refund.pays_back = max(ZERO, order.kept - (order.net - refund.amount))
    promise(session, order, refund.id, refund.pays_back)
    order.reduced += refund.amount
    if refund.calls_off:
        _call_off(session, refund, order, by, at)


def _call_off(session: Session, refund: Refund, order: Order, by: Actor, at: datetime) -> None:
    off = {row.line_id: row.quantity for row in refund.lines if row.quantity}
    for part in order.parts:
        units: Counter[int] = Counter()
        for line in part.lines:
            line.halted -= off.get(line.id, 0)
            line.called_off += off.get(line.id, 0)
            units[line.sku_id] += off.get(line.id, 0)
        if not units.total():
            continue
        if part.warehouse_id is not None:
            give_back_units(session, order.id, part.warehouse_id, +units, at, reason="refund")
        _move_on(session, part, by, at)


def _move_on(session: Session, part: OrderPart, by: Actor, at: datetime) -> None:
    """A part of which nothing is left to send ends, or stands as shipped since its last parcel left."""
    if part.state != AWAITING_SHIPMENT or any(line.is_open for line in part.lines):
        return
    if not any(line.shipped for line in part.lines):
        move_part(session, part, "call_off", by, at)
        return
    left = select(func.max(OrderEvent.at)).where(OrderEvent.part_id == part.id, OrderEvent.name == "parcel")
    part.shipped_at = session.scalar(left)
    move_part(session, part, "call_off_rest", by, at)
