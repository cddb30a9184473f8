"""We cannot ship futures in the month we promised, and say so: the balance is due later by as much.

What was promised stays: delay is paid for from the promised day on. A buyer who pays the balance by its new day loses
nothing by having waited.
"""

from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, Actor, MoveNotAllowed, MoveRefused
from app.orders.messages import tell_buyer
from app.orders.models import Order, OrderPart
from app.orders.moving import lock_part, note


class NotLater(BusinessError):
    """A month can only move away. `month` is the one announced so far."""

    status = 422

    def __init__(self, month: str) -> None:
        super().__init__(month)
        self.month = month

    @property
    def text(self) -> LazyString:
        return _l("Please give a month after %(month)s, which the buyer knows already.", month=self.month)


def can_be_postponed(part: OrderPart) -> bool:
    """Futures under terms of which nothing has left yet."""
    is_here = part.state in (AWAITING_PAYMENT, AWAITING_SHIPMENT) and not any(line.shipped for line in part.lines)
    return part.terms is not None and part.coming_month is not None and is_here


def postpone(part_id: int, month: str, by: Actor, at: datetime) -> None:
    """Announce a later month, such as 2027-05, for a part of futures; its buyer is told, with the balance's new day.

    Raises NotLater; MoveRefused where something has left or nothing was promised; MoveNotAllowed, NotFound.
    """
    if not by.may("ship"):
        raise MoveNotAllowed
    with transaction() as session:
        part = lock_part(session, part_id)
        if not can_be_postponed(part) or part.coming_month is None:
            raise MoveRefused
        if month <= part.coming_month:
            raise NotLater(part.coming_month)
        part.expected_month = month
        note(session, part.order, "postpone", by, at, part)
        _move_balance(session, part.order)


def _move_balance(session: Session, order: Order) -> None:
    """The balance is due before the first of what is still to come, and never earlier than it was."""
    days = [
        part.terms.balance_due_on(part.coming_month)
        for part in order.parts
        if part.terms and part.coming_month and can_be_postponed(part)
    ]
    before = order.balance_due_on
    order.balance_due_on = max(min(days), before) if before else None
    if order.balance_due_on != before:
        order.balance_reminded_at = None
    tell_buyer(session, order, "order.balance_later" if order.awaits_balance else "order.later")
