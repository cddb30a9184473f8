"""A clerk confirms a remittance: so much arrived for this order, on a possible day. Clause 1.1.5a; FLOWS.md 3.

Desks go through `approving`, which lets one person do so up to a limit.
"""

import re
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.money import Money
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.models import Order
from app.payments.applying import Received, receive
from app.payments.models import BY_REMITTANCE


class ImpossibleDay(BusinessError):
    """Money cannot have arrived before the order was placed, nor tomorrow."""

    message = _l("The day of receipt must lie between the day of the order and today.")
    status = 422


def confirm_remittance(
    order_id: int, reference: str, amount: Money, received_on: date, by: Actor, at: datetime
) -> Received:
    """Record what the bank statement says under its own number, and apply it to the order. Safe to repeat.

    Too little leaves the order waiting for the rest; too much, or money for an order that ended, stays on the receipt.
    Raises ImpossibleDay, ReferenceReused, MoveNotAllowed, NotFound; then nothing was recorded.
    """
    with transaction() as session:
        check_arrival(session, order_id, received_on, by, at)
        return receive(session, BY_REMITTANCE, reference, amount, received_on, order_id, by, at)


def check_arrival(session: Session, order_id: int, received_on: date, by: Actor, at: datetime) -> None:
    """Whether this person may say that money for this order arrived on this day. Raises as `confirm_remittance`."""
    if not by.may("pay"):
        raise MoveNotAllowed
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound
    if not _day(order.placed_at) <= received_on <= _day(at):
        raise ImpossibleDay


def bank_reference_in(text: str) -> str | None:
    """The bank's number of a transfer as typed or copied from a statement, without spaces; None if it cannot be one."""
    found = re.sub(r"\s", "", text[:200]).upper()
    return found if re.fullmatch(r"[0-9A-Z][0-9A-Z/_.-]{3,63}", found) else None


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
