"""The one place that writes a stock level: counter, ledger row, and the flip when a SKU sells out or comes back.

Private to the slice: acts in `taking.py`, `receiving.py` and `moving.py` say what it means.
"""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.catalog.versions import mark_available
from app.foundation.database import new_id
from app.foundation.errors import NotFound
from app.stock.models import StockLevel, StockMovement, Warehouse


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
    on_hand_after, held_after = StockLevel.on_hand + on_hand, StockLevel.held + held
    changed = session.execute(
        update(StockLevel)
        .where(StockLevel.sku_id == sku_id, StockLevel.warehouse_id == warehouse_id)
        .where(held_after >= 0, held_after <= on_hand_after)
        .values(on_hand=on_hand_after, held=held_after)
        .returning(StockLevel.on_hand - StockLevel.held)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if changed is None:
        return False
    movement = {
        "id": new_id(), "sku_id": sku_id, "warehouse_id": warehouse_id, "kind": kind, "on_hand_delta": on_hand,
        "held_delta": held, "order_ref": order_ref, "reason": reason, "actor": actor, "at": at,
    }  # fmt: skip
    session.execute(insert(StockMovement).values(**movement))
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
