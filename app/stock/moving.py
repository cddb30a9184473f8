"""Moving free units from one warehouse to another: two ledger rows, one transaction."""

from datetime import datetime

from app.foundation.audit import record
from app.foundation.database import transaction
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.levels import Booking, Key, lot_of, open_level
from app.stock.models import MOVED


def move(
    sku_id: int,
    from_warehouse: int,
    to_warehouse: int,
    quantity: int,
    at: datetime,
    *,
    lot: str,
    reason: str,
    actor: int | None = None,
) -> None:
    """Raises ReasonMissing; NotThatMany where fewer units of the lot are free there, or both warehouses are the same.

    Raises NotFound for a lot that the SKU has not.
    """
    if not reason.strip():
        raise ReasonMissing
    if quantity < 1 or from_warehouse == to_warehouse:
        raise NotThatMany
    with transaction() as session:
        lot_id = lot_of(session, sku_id, lot)
        open_level(session, sku_id, to_warehouse, lot_id)
        with Booking(session, at, reason=reason, actor=actor) as booking:
            for warehouse_id, delta in sorted([(from_warehouse, -quantity), (to_warehouse, quantity)]):
                if not booking.change(Key(sku_id, warehouse_id, lot_id), MOVED, on_hand=delta):
                    raise NotThatMany
        facts = {"sku": sku_id, "origin": from_warehouse, "target": to_warehouse, "lot": lot_id, "units": quantity}
        record("stock.moved", actor=actor, **facts)
