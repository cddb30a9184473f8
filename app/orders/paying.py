"""An order becomes paid. Called by the way of payment that has proven it, in its own transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.languages import money
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import move_order


def mark_paid(session: Session, order: Order, by: Actor, at: datetime) -> None:
    """Move a locked order to awaiting shipment and tell the buyer. Raises MoveRefused unless it awaits payment."""
    move_order(session, order, "pay", by, at)
    order.paid_at = at
    told = "order.deposit_paid" if order.unpaid else "order.paid"
    tell_buyer(session, order, told, amount=money(order.paid))
