"""The balance of futures: reminding the buyer while there is time, and what we owe where shipping is late.

An order whose balance stays away is not cancelled by the clock: a deposit is at stake, so a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.foundation.clock import SHANGHAI, now, today
from app.foundation.database import db, transaction
from app.foundation.jobs import every, one_by_one
from app.foundation.money import Money
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, CANCELLED
from app.orders.messages import tell_buyer
from app.orders.models import Order, OrderEvent, OrderPart
from app.orders.moving import lock_order

REMIND_BALANCE_BEFORE = timedelta(days=7)
_KEPT = Order.paid - Order.refunded - Order.promised
AT_ONCE = 200


@dataclass(frozen=True)
class Delay:
    """A part of futures that left late or has not left, and what we owe for it up to today."""

    part: OrderPart
    days: int
    owed: Money


def balances_awaited() -> Select[Order]:
    """Orders that are firm by their deposit and whose balance is not there, the one that is due first on top."""
    firm = (Order.balance_due_on.is_not(None), Order.total - Order.reduced > _KEPT, Order.state == AWAITING_SHIPMENT)
    return select(Order).where(*firm).order_by(Order.balance_due_on, Order.id)


def balances_overdue(on: date) -> Select[Order]:
    """Those whose day has passed."""
    return balances_awaited().where(Order.balance_due_on < on)


def parts_delayed(at: datetime) -> Select[OrderPart]:
    """Parts of futures that left after the promised day or are still here after it, the longest delayed first."""
    left_late, still_here = OrderPart.shipped_at >= OrderPart.late_from, OrderPart.shipped_at.is_(None)
    late = left_late | (still_here & (OrderPart.late_from <= at))
    return (
        select(OrderPart)
        .join(OrderPart.order)
        .where(late, OrderPart.state.not_in((AWAITING_PAYMENT, CANCELLED)))
        .options(contains_eager(OrderPart.order), joinedload(OrderPart.futures_terms))
        .order_by(OrderPart.late_from, OrderPart.id)
    )


def delays_of(session: Session, parts: Sequence[OrderPart], at: datetime) -> list[Delay]:
    """What each of these parts, read with `parts_delayed`, costs us up to a moment; one query for all."""
    orders = [part.order_id for part in parts if not part.order.unpaid]
    paid = (OrderEvent.order_id.in_(orders), OrderEvent.name.in_(("pay", "pay_rest")))
    settled = select(OrderEvent.order_id, func.max(OrderEvent.at)).where(*paid).group_by(OrderEvent.order_id)
    settled_at: dict[int, datetime] = {order_id: moment for order_id, moment in session.execute(settled)}
    return [_delay(part, settled_at.get(part.order_id), at) for part in parts]


@every(seconds=300, name="orders.remind_balance")
def remind_balances() -> int:
    """Say once, a week before, that the balance is due; returns how many were told."""
    soon = (Order.balance_reminded_at.is_(None), Order.balance_due_on <= today() + REMIND_BALANCE_BEFORE)
    due = balances_awaited().where(*soon).with_only_columns(Order.id).limit(AT_ONCE)
    return one_by_one(db.session.scalars(due).all(), lambda order_id: _remind(order_id, now()))


def _remind(order_id: int, at: datetime) -> bool:
    with transaction() as session:
        order = lock_order(session, order_id)
        if order.balance_reminded_at is not None or order.balance_due_on is None or not order.awaits_balance:
            return False
        order.balance_reminded_at = at
        tell_buyer(session, order, "order.balance_due")
    return True


def _delay(part: OrderPart, settled_at: datetime | None, at: datetime) -> Delay:
    if part.futures_terms is None or part.late_from is None:
        raise ValueError("a part that was promised nothing is not delayed")
    promised_by, left_on = _day(part.late_from) - timedelta(days=1), _day(part.shipped_at or at)
    settled_on = settled_at and _day(settled_at)
    due_on = part.order.balance_due_on
    if settled_on and due_on and settled_on <= due_on:  # in time, however late we let it be
        settled_on = min(settled_on, promised_by)
    goods = Money.total(line.unit_price * (line.quantity - line.called_off) for line in part.lines)
    owed = part.futures_terms.terms.compensation(goods, promised_by, left_on, settled_on)
    return Delay(part, (left_on - promised_by).days, owed)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
