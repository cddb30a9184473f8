"""Tells the counting house how many refunds were paid on a day and how much went back. Clause 2.9."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.money import ZERO, Money, MoneyType
from app.orders.models import Order
from app.orders.queries import on_the_day
from app.orders.telling import when_a_day_is_told
from app.refunds.models import Refund


@when_a_day_is_told("refunded")
def refunded_on(session: Session, day: date) -> tuple[int, Money]:
    """How many refunds were settled on a day in China with money that went back, and how much."""
    paid = (*on_the_day(Refund.paid_at, day), Refund.pays_back > ZERO)
    totals = select(func.count(), func.sum(Refund.pays_back, type_=MoneyType()))
    totals = totals.select_from(Refund).outerjoin(Order, Order.id == Refund.order_id).where(*paid)
    count, amount = session.execute(totals).one()
    return count, amount or ZERO
