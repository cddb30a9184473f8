"""What is ordered: a buyer's own orders, the desks' work, and each day's facts. The owner check stands here, once."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, selectinload

from app.accounts.models import Account
from app.foundation.clock import SHANGHAI
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.orders.anonymous_days import products_of_day, sums_of_day
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, REMITTANCE
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.numbers import order_number_in


def own_order(session: Session, account_id: int, number: str) -> Order:
    """The buyer's own order. Raises NotFound for nobody's number and for somebody else's alike."""
    wanted = order_number_in(number)
    mine = select(Order).where(Order.number == wanted, Order.account_id == account_id)
    order = session.scalars(mine.options(selectinload(Order.events))).one_or_none() if wanted else None
    if order is None:
        raise NotFound
    return order


def buyer_of(session: Session, number: str) -> int | None:
    """The audit reference of whoever placed an order; None where there is no such order, or nobody's any more."""
    placed = select(Account.audit_ref).join(Order, Order.account_id == Account.id).where(Order.number == number)
    return session.scalar(placed)


def order_numbered(session: Session, number: str) -> Order:
    """Any order, for staff who may read orders. Raises NotFound."""
    wanted = order_number_in(number)
    anyones = select(Order).where(Order.number == wanted).options(selectinload(Order.events))
    order = session.scalars(anyones).one_or_none() if wanted else None
    if order is None:
        raise NotFound
    return order


def awaiting_remittance() -> Select[Order]:
    """For the finance desk: unpaid orders to be remitted, the one whose hold ends first on top."""
    remitted = (Order.state == AWAITING_PAYMENT, Order.payment_method == REMITTANCE)
    return select(Order).where(*remitted).order_by(Order.hold_until, Order.id)


def awaiting_shipment() -> Select[OrderPart]:
    """For the shipping desk: paid parts that have not left, longest paid first, each with its order."""
    return (
        select(OrderPart)
        .join(OrderPart.order)
        .where(OrderPart.state == AWAITING_SHIPMENT)
        .options(contains_eager(OrderPart.order))
        .order_by(Order.paid_at, Order.id, OrderPart.position)
    )


@dataclass(frozen=True)
class DayTotals:
    """What happened on one day in China: how many orders were placed, paid and cancelled, and their exact amounts."""

    placed: int
    placed_amount: Money
    paid: int
    paid_amount: Money
    cancelled: int
    cancelled_amount: Money


def day_totals(session: Session, day: date) -> DayTotals:
    """The facts of a day, for the counting house: sums only, nothing about anybody."""
    placed, paid, cancelled = (
        _count_and_sum(session, moment, day) for moment in (Order.placed_at, Order.paid_at, Order.cancelled_at)
    )
    return DayTotals(*placed, *paid, *cancelled)


def orders_by_product(session: Session, day: date) -> dict[str, int]:
    """In how many of the orders placed on a day in China each product is, by slug."""
    query = (
        select(OrderLine.slug, func.count(OrderPart.order_id.distinct()))
        .join(OrderPart, OrderPart.id == OrderLine.part_id)
        .join(Order, Order.id == OrderPart.order_id)
        .where(*on_the_day(Order.placed_at, day), Order.anonymised_at.is_(None))
        .group_by(OrderLine.slug)
    )
    found = Counter({slug: orders for slug, orders in session.execute(query)})
    return dict(found + Counter(products_of_day(session, day)))


def _count_and_sum(session: Session, moment: InstrumentedAttribute[Any], day: date) -> tuple[int, Money]:
    totals = select(func.count(), func.sum(Order.total)).where(*on_the_day(moment, day), Order.anonymised_at.is_(None))
    count, amount = session.execute(totals).one()
    anonymous, their_amount = sums_of_day(session, day, moment.key)
    return count + anonymous, (amount or ZERO) + their_amount


def on_the_day(moment: InstrumentedAttribute[Any], day: date) -> tuple[ColumnElement[bool], ...]:
    """What holds where a moment lies on a day in China."""
    begin = datetime.combine(day, time(), SHANGHAI)
    return moment >= begin, moment < begin + timedelta(days=1)
