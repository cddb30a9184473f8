"""Units that had left for a buyer arrive here again. They lie in a lot of their own: a returned machine is not new."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.stock.levels import Booking, open_level, open_lot
from app.stock.models import RETURNED


def take_back(
    session: Session,
    sku_id: int,
    warehouse_id: int,
    quantity: int,
    order_ref: int,
    at: datetime,
    *,
    actor: int | None = None,
) -> None:
    """Put returned units on hand in a warehouse, into the day's lot of returns. In the caller's transaction.

    Raises NotFound for a warehouse that is closed or unknown.
    """
    lot_id = open_lot(session, sku_id, f"R{at.astimezone(SHANGHAI).date()}", at)
    key = open_level(session, sku_id, warehouse_id, lot_id)
    with Booking(session, at, order_ref=order_ref, reason="return", actor=actor) as booking:
        booking.change(key, RETURNED, on_hand=quantity)
