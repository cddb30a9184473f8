"""Cancelling before payment, by the buyer, a clerk or the clock: the held units come back exactly once.

What a slice above must undo with the order it says to `when_let_go`, and it is done in the same transaction.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every, one_by_one
from app.orders.lifecycle import AWAITING_PAYMENT, CLOCK, REMIND_BEFORE, REMITTANCE, Actor, MoveRefused
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, move_order
from app.stock.taking import give_back

AT_ONCE = 200

LetGo = Callable[[Session, Order, Actor, datetime], None]
_LET_GO: list[LetGo] = []


def when_let_go(act: LetGo) -> LetGo:
    """Declare what else is undone with an unpaid order: called when it has just ended, while it is locked."""
    _LET_GO.append(act)
    return act


def cancel(order_id: int, by: Actor, at: datetime) -> None:
    """Cancel an unpaid order. Raises MoveRefused once it is paid, cancelled or expired; MoveNotAllowed."""
    with transaction() as session:
        _let_go(session, lock_order(session, order_id), "cancel", by, at)


@every(seconds=5, name="orders.expire_holds")
def expire_holds() -> int:
    """Cancel unpaid orders whose hold is over; returns how many. Each in a transaction of its own."""
    at = now()
    due = select(Order.id).where(Order.state == AWAITING_PAYMENT, Order.hold_until <= at).limit(AT_ONCE)
    return one_by_one(db.session.scalars(due).all(), lambda order_id: _expire(order_id, at))


@every(seconds=60, name="orders.remind_unpaid")
def remind_unpaid() -> int:
    """Say once, a day before, that the remittance is due; returns how many were told."""
    at = now()
    remitted = (Order.state == AWAITING_PAYMENT, Order.payment_method == REMITTANCE)
    soon = (*remitted, Order.reminded_at.is_(None), Order.hold_until <= at + REMIND_BEFORE)
    due = db.session.scalars(select(Order.id).where(*soon, Order.hold_until > at).limit(AT_ONCE)).all()
    return one_by_one(due, lambda order_id: _remind(order_id, at))


def _expire(order_id: int, at: datetime) -> bool:
    with transaction() as session:
        order = lock_order(session, order_id)
        if order.hold_until > at:
            return False
        try:
            _let_go(session, order, "expire", CLOCK, at)
        except MoveRefused:  # paid or cancelled since we looked
            return False
    return True


def _let_go(session: Session, order: Order, move: str, by: Actor, at: datetime) -> None:
    move_order(session, order, move, by, at)
    for act in _LET_GO:
        act(session, order, by, at)
    give_back(session, order.id, at, reason=move)
    tell_buyer(session, order, "order.expired" if move == "expire" else "order.cancelled")


def _remind(order_id: int, at: datetime) -> bool:
    with transaction() as session:
        order = lock_order(session, order_id)
        if not order.is_unpaid or order.reminded_at is not None:
            return False
        order.reminded_at = at
        tell_buyer(session, order, "order.remittance_due")
    return True
