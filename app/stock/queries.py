"""What is where: read-only questions about stock."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, func, inspect, select
from sqlalchemy.orm import Session

from app.stock.models import StockLevel, StockMovement, Warehouse


class Left(NamedTuple):
    """Free units of a SKU in a warehouse."""

    sku_id: int
    warehouse_id: int
    name_zh: str
    name_en: str
    province: str
    units: int


_LEVELS: Table = inspect(StockLevel).local_table
_PLACES: Table = inspect(Warehouse).local_table
_LEFT: Select[Any] = (
    select(
        _LEVELS.c.sku_id,
        *_PLACES.c["id", "name_zh", "name_en", "province"],
        _LEVELS.c.on_hand - _LEVELS.c.held,
    )
    .join_from(_LEVELS, _PLACES, _PLACES.c.id == _LEVELS.c.warehouse_id)
    .where(_LEVELS.c.sku_id.in_(bindparam("skus", expanding=True)), _LEVELS.c.on_hand > _LEVELS.c.held)
    .order_by(_LEVELS.c.sku_id, _PLACES.c.position, _PLACES.c.id)
)
"""Made once, of the tables: it is asked at every press of a button."""


def left_by_warehouse(session: Session, sku_ids: Collection[int]) -> list[Left]:
    """Where the free units of these SKUs lie, in the fixed order of the warehouses; empty places are left out."""
    return [Left(*row) for row in session.execute(_LEFT, {"skus": list(sku_ids)})]


def left_in_total(session: Session, sku_ids: Collection[int]) -> dict[int, int]:
    """Free units by SKU over all warehouses; 0 for a SKU without stock. Services are the caller's matter."""
    total = dict.fromkeys(sku_ids, 0)
    for row in left_by_warehouse(session, sku_ids):
        total[row.sku_id] += row.units
    return total


def open_warehouses() -> Select[Warehouse]:
    return select(Warehouse).where(Warehouse.closed.is_(False)).order_by(Warehouse.position, Warehouse.id)


def movements_of(sku_id: int) -> Select[StockMovement]:
    """The ledger of one SKU, newest first."""
    return select(StockMovement).where(StockMovement.sku_id == sku_id).order_by(StockMovement.at.desc())


def levels_off_ledger(session: Session) -> list[tuple[int, int]]:
    """Levels (SKU, warehouse) whose counters are not the sum of their ledger. Empty, or something is damaged."""
    summed = (
        select(
            StockMovement.sku_id,
            StockMovement.warehouse_id,
            func.sum(StockMovement.on_hand_delta).label("on_hand"),
            func.sum(StockMovement.held_delta).label("held"),
        )
        .group_by(StockMovement.sku_id, StockMovement.warehouse_id)
        .subquery()
    )
    same_level = (summed.c.sku_id == StockLevel.sku_id) & (summed.c.warehouse_id == StockLevel.warehouse_id)
    rows = (
        select(StockLevel.sku_id, StockLevel.warehouse_id)
        .outerjoin(summed, same_level)
        .where(
            (StockLevel.on_hand != func.coalesce(summed.c.on_hand, 0))
            | (StockLevel.held != func.coalesce(summed.c.held, 0))
        )
        .order_by(StockLevel.sku_id, StockLevel.warehouse_id)
    )
    return [(sku_id, warehouse_id) for sku_id, warehouse_id in session.execute(rows)]
