"""What is owed for late shipping by the terms of each part, less what was asked for already: for the form of the desk.

The rule is that of the terms that were shown before buying (`app.orders.balancing`). Nothing is paid by itself: a
person asks, and another approves.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.money import ZERO, Money, MoneyType
from app.orders.balancing import delays_of, parts_delayed
from app.orders.models import Order, OrderLine, OrderPart
from app.refunds.models import Refund, RefundLine
from app.refunds.vocabulary import LATE_DELIVERY, REFUSED


def compensation_due(session: Session, order: Order, at: datetime) -> dict[int, Money]:
    """By order line, what can still be asked for up to a moment; lines of which nothing is owed are not there."""
    late = session.scalars(parts_delayed(at).where(OrderPart.order_id == order.id)).all()
    asked = _asked_by_part(session, order)
    due: dict[int, Money] = {}
    for delay in delays_of(session, late, at):
        due |= _spread(delay.part, delay.owed - asked.get(delay.part.id, ZERO))
    return due


def _spread(part: OrderPart, amount: Money) -> dict[int, Money]:
    """Over the part's lines in proportion to what they cost, no line more than is left of it."""
    weights = [(line.unit_price * (line.quantity - line.called_off)).fen for line in part.lines]
    if amount <= ZERO or not any(weights):
        return {}
    shares = zip(part.lines, amount.split(weights), strict=True)
    bounded = {line.id: min(share, line.amount_left) for line, share in shares}
    return {line_id: share for line_id, share in bounded.items() if share}


def _asked_by_part(session: Session, order: Order) -> Mapping[int, Money]:
    """Money alone that refunds for late delivery stand for; units that were called off are another matter."""
    rows = (
        select(OrderLine.part_id, func.sum(RefundLine.amount, type_=MoneyType()))
        .join(RefundLine, RefundLine.line_id == OrderLine.id)
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.order_id == order.id, Refund.reason == LATE_DELIVERY, Refund.state != REFUSED)
        .where(RefundLine.quantity == 0)
        .group_by(OrderLine.part_id)
    )
    return {part_id: amount for part_id, amount in session.execute(rows)}
