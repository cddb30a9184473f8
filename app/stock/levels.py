"""The one place that writes a stock level: counter, ledger row, and the flip when a SKU sells out or comes back.

Private to the slice: acts in `taking.py`, `receiving.py` and `moving.py` say what it means.
"""

from datetime import datetime

from sqlalchemy import Table, bindparam, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.catalog.versions import mark_available
from app.foundation.database import new_id
from app.foundation.errors import NotFound
from app.stock.models import StockLevel, StockMovement, Warehouse

_LEVELS: Table = inspect(StockLevel).local_table
_ON_HAND_AFTER = _LEVELS.c.on_hand + bindparam("on_hand_by")
_HELD_AFTER = _LEVELS.c.held + bindparam("held_by")
_CHANGE = (
    update(_LEVELS)
    .where(_LEVELS.c.sku_id == bindparam("sku"), _LEVELS.c.warehouse_id == bindparam("warehouse"))
    .where(_HELD_AFTER >= 0, _HELD_AFTER <= _ON_HAND_AFTER)
    .values(on_hand=_ON_HAND_AFTER, held=_HELD_AFTER)
    .returning(_LEVELS.c.on_hand - _LEVELS.c.held)
)
_NOTE = insert(inspect(StockMovement).local_table)
"""Made once: every unit sold runs through them."""


def change(
    session: Session,
    sku_id: int,
    warehouse_id: int,
    kind: str,
    at: datetime,
    *,
    on_hand: int = 0,
    held: int = 0,
    order_ref: int | None = None,
    reason: str = "",
    actor: int | None = None,
) -> bool:
    """Move both counters by these deltas if they stay sound (0 <= held <= on hand); says whether it was done.

    One conditional UPDATE: of two who want the last unit, one gets False. In the caller's transaction.
    """
    deltas = {"sku": sku_id, "warehouse": warehouse_id, "on_hand_by": on_hand, "held_by": held}
    changed = session.execute(_CHANGE, deltas).scalar_one_or_none()
    if changed is None:
        return False
    movement = {
        "id": new_id(), "sku_id": sku_id, "warehouse_id": warehouse_id, "kind": kind, "on_hand_delta": on_hand,
        "held_delta": held, "order_ref": order_ref, "reason": reason, "actor": actor, "at": at,
    }  # fmt: skip
    session.execute(_NOTE, movement)
    _flip_if_crossed(session, sku_id, after=changed, before=changed - on_hand + held)
    return True


def open_level(session: Session, sku_id: int, warehouse_id: int) -> None:
    """Make sure there is a level to count in. Raises NotFound for a warehouse that is closed or unknown."""
    if session.scalar(select(Warehouse.id).where(Warehouse.id == warehouse_id, Warehouse.closed.is_(False))) is None:
        raise NotFound
    known = select(StockLevel.id).where(StockLevel.sku_id == sku_id, StockLevel.warehouse_id == warehouse_id)
    if session.scalar(known) is None:
        session.execute(insert(StockLevel).values(sku_id=sku_id, warehouse_id=warehouse_id, on_hand=0, held=0))


def left_of(session: Session, sku_id: int) -> int:
    """Units of a SKU that can still be sold, over all warehouses."""
    left = select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0)).where(StockLevel.sku_id == sku_id)
    return int(session.execute(left).scalar_one())


def _flip_if_crossed(session: Session, sku_id: int, *, after: int, before: int) -> None:
    """Only a level that ran empty, or was empty, can make the SKU sell out or come back."""
    if after == 0 or before == 0:
        mark_available(session, sku_id, left_of(session, sku_id) > 0)
