"""The buyer pays an unpaid order another way than chosen when it was placed. FLOWS.md 1, 2.

Goods are held as if the order had been placed with that way, so that nobody gains time by going to and fro. Whatever
is still on its way by the former one is applied when it arrives: code and attempts stay with the order.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.orders.lifecycle import HOLDS, ONLINE, REMITTANCE, Actor, MoveNotAllowed, MoveRefused
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, note
from app.payments.expecting import expect_remittance
from app.payments.models import Remittance

OTHER = {REMITTANCE: ONLINE, ONLINE: REMITTANCE}


class HoldWouldBeOver(BusinessError):
    """An order placed with the wished way would have ended by now."""

    message = _l("Goods are held for online payment for 30 minutes after placing, and that time is over. Please remit.")


def other_way(order: Order, at: datetime) -> str | None:
    """The way that an order can still be paid instead of its own; None where there is none."""
    wished = OTHER[order.payment_method]
    is_held = order.is_unpaid and order.hold_until > at
    return wished if is_held and order.placed_at + HOLDS[wished] > at else None


def pay_another_way(order_id: int, way: str, by: Actor, at: datetime) -> None:
    """From now on the order is to be paid this way, and its hold ends when that way's does, counted from placing.

    Safe to repeat. Raises HoldWouldBeOver; MoveRefused once it is paid, cancelled or out of time; MoveNotAllowed.
    """
    if by.role != "buyer":
        raise MoveNotAllowed
    with transaction() as session:
        order = lock_order(session, order_id)
        if order.payment_method == way:
            return
        if not order.is_unpaid or order.hold_until <= at or way not in HOLDS:
            raise MoveRefused
        if (hold_until := order.placed_at + HOLDS[way]) <= at:
            raise HoldWouldBeOver
        order.payment_method, order.hold_until, order.reminded_at = way, hold_until, None
        if way == REMITTANCE and not session.scalar(select(Remittance.id).where(Remittance.order_id == order.id)):
            expect_remittance(session, order)
        note(session, order, "way", by, at)
        tell_buyer(session, order, "order.to_remit" if way == REMITTANCE else "order.to_pay_online")
