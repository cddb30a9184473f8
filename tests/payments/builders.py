"""Orders that are paid, as a clerk of finance confirms it."""

from datetime import date, datetime

from app.foundation.clock import now, today
from app.foundation.database import new_id
from app.foundation.money import Money
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.applying import Received
from app.payments.confirming import confirm_remittance

FINANCE = Actor("finance", 4711)


def pay(
    order: Order,
    amount: Money | None = None,
    *,
    reference: str | None = None,
    day: date | None = None,
    by: Actor = FINANCE,
    at: datetime | None = None,
) -> Received:
    """Confirm a remittance: the whole amount, today, under a bank's number of its own, unless told otherwise."""
    return confirm_remittance(
        order.id, reference or f"B{new_id():X}", amount or order.total, day or today(), by, at or now()
    )
