"""Moving free units from one warehouse to another: two ledger rows, one transaction."""

from datetime import datetime

from app.foundation.audit import record
from app.foundation.database import transaction
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.levels import change, open_level
from app.stock.models import MOVED


def move(
    sku_id: int,
    from_warehouse: int,
    to_warehouse: int,
    quantity: int,
    at: datetime,
    *,
    reason: str,
    actor: int | None = None,
) -> None:
    """Raises ReasonMissing; NotThatMany where fewer units are free there, or both warehouses are the same."""
    if not reason.strip():
        raise ReasonMissing
    if quantity < 1 or from_warehouse == to_warehouse:
        raise NotThatMany
    with transaction() as session:
        open_level(session, sku_id, to_warehouse)
        deltas = sorted([(from_warehouse, -quantity), (to_warehouse, quantity)])
        for warehouse_id, delta in deltas:
            if not change(session, sku_id, warehouse_id, MOVED, at, on_hand=delta, reason=reason, actor=actor):
                raise NotThatMany
        record("stock.moved", actor=actor, sku=sku_id, origin=from_warehouse, target=to_warehouse, units=quantity)
