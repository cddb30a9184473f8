"""What is where: read-only questions about stock."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, and_, bindparam, case, func, inspect, or_, select
from sqlalchemy.orm import Session

from app.catalog.models import SERVICE, Product, Sku
from app.stock.models import SHIPPED, Lot, StockLevel, StockMovement, Warehouse


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
        func.sum(_LEVELS.c.on_hand - _LEVELS.c.held).label("units"),
    )
    .join_from(_LEVELS, _PLACES, _PLACES.c.id == _LEVELS.c.warehouse_id)
    .where(_LEVELS.c.sku_id.in_(bindparam("skus", expanding=True)), _LEVELS.c.on_hand > _LEVELS.c.held)
    .group_by(_LEVELS.c.sku_id, _PLACES.c.id)
    .order_by(_LEVELS.c.sku_id, _PLACES.c.position, _PLACES.c.id)
)
"""Made once, of the tables: it is asked at every press of a button."""


def left_by_warehouse(session: Session, sku_ids: Collection[int]) -> list[Left]:
    """Where the free units of these SKUs lie, in the fixed order of the warehouses; empty places are left out."""
    rows = session.execute(_LEFT, {"skus": list(sku_ids)})
    return [Left(*row)._replace(units=int(row.units)) for row in rows]


def left_in_total(session: Session, sku_ids: Collection[int]) -> dict[int, int]:
    """Free units by SKU over all warehouses; 0 for a SKU without stock. Services are the caller's matter."""
    total = dict.fromkeys(sku_ids, 0)
    for row in left_by_warehouse(session, sku_ids):
        total[row.sku_id] += row.units
    return total


def on_hand_in_total(session: Session, sku_ids: Collection[int]) -> dict[int, int]:
    """Units by SKU that lie in all warehouses, held or not; 0 for a SKU without stock."""
    if not sku_ids:
        return {}
    rows = select(StockLevel.sku_id, func.sum(StockLevel.on_hand)).where(StockLevel.sku_id.in_(sku_ids))
    known = {sku_id: int(units) for sku_id, units in session.execute(rows.group_by(StockLevel.sku_id))}
    return dict.fromkeys(sku_ids, 0) | known


def open_warehouses() -> Select[Warehouse]:
    return select(Warehouse).where(Warehouse.closed.is_(False)).order_by(Warehouse.position, Warehouse.id)


def all_movements() -> Select[StockMovement]:
    """The ledger, newest first."""
    return select(StockMovement).order_by(StockMovement.at.desc(), StockMovement.id)


def movements_of(sku_id: int) -> Select[StockMovement]:
    """The ledger of one SKU, newest first."""
    return all_movements().where(StockMovement.sku_id == sku_id)


def lots_of(sku_id: int) -> Select[Lot]:
    """The lots of one SKU, the oldest first: in this order they are sold."""
    return select(Lot).where(Lot.sku_id == sku_id).order_by(Lot.id)


def wrongly_available(session: Session) -> list[int]:
    """SKUs of goods that the catalogue calls available with too few left for their minimum order, or the reverse."""
    left = (
        select(StockLevel.sku_id, func.sum(StockLevel.on_hand - StockLevel.held).label("units"))
        .group_by(StockLevel.sku_id)
        .subquery()
    )
    enough = func.coalesce(left.c.units, 0) >= Sku.moq
    goods = select(Sku.id).join(Product).outerjoin(left, left.c.sku_id == Sku.id).where(Product.kind != SERVICE)
    return list(session.scalars(goods.where(Sku.available != enough).order_by(Sku.id)))


def levels_off_ledger(session: Session) -> list[tuple[int, int]]:
    """Levels (SKU, warehouse) whose counters are not the sum of their ledger. Empty, or something is damaged."""
    left_for_buyers = case((StockMovement.kind == SHIPPED, -StockMovement.on_hand_delta), else_=0)
    key = (StockMovement.sku_id, StockMovement.warehouse_id, StockMovement.lot_id)
    summed = (
        select(
            *key,
            func.sum(StockMovement.on_hand_delta).label("on_hand"),
            func.sum(StockMovement.held_delta).label("held"),
            func.sum(left_for_buyers).label("shipped"),
        )
        .group_by(*key)
        .subquery()
    )
    same_level = [summed.c[name] == getattr(StockLevel, name) for name in ("sku_id", "warehouse_id", "lot_id")]
    counters = ("on_hand", "held", "shipped")
    differs = [getattr(StockLevel, name) != func.coalesce(summed.c[name], 0) for name in counters]
    rows = (
        select(StockLevel.sku_id, StockLevel.warehouse_id)
        .outerjoin(summed, and_(*same_level))
        .where(or_(*differs))
        .order_by(StockLevel.sku_id, StockLevel.warehouse_id, StockLevel.lot_id)
    )
    return [(sku_id, warehouse_id) for sku_id, warehouse_id in session.execute(rows)]
