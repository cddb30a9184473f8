"""Builders of stock."""

from itertools import count

from sqlalchemy import func

from app.catalog.models import Sku
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.models import Lot, StockLevel, Warehouse
from app.stock.receiving import receive
from tests.catalog.builders import a_sku

_numbers = count(1)


def a_warehouse(province: str = "四川", **values: object) -> Warehouse:
    number = next(_numbers)
    with transaction() as session:
        named = {"name_zh": f"仓库 {number}", "name_en": f"Warehouse {number}", "position": number}
        warehouse = Warehouse(code=f"w{number}", province=province, **{**named, **values})
        session.add(warehouse)
    return warehouse


LOT = "1"


def a_stocked_sku(*quantities: int, **values: object) -> tuple[Sku, list[Warehouse]]:
    """A SKU with these quantities, each in a warehouse of its own, in their fixed order."""
    sku = a_sku(**values)  # type: ignore[arg-type]
    places = [a_warehouse() for _ in quantities or (5,)]
    for place, quantity in zip(places, quantities or (5,), strict=True):
        if quantity:
            receive(sku.id, place.id, quantity, now(), lot=LOT, reason="delivery")
    return sku, places


def level_of(sku: Sku, warehouse: Warehouse) -> tuple[int, int]:
    """(on hand, held) of all lots together, as the store has it."""
    sums = db.session.query(func.sum(StockLevel.on_hand), func.sum(StockLevel.held))
    on_hand, held = sums.filter_by(sku_id=sku.id, warehouse_id=warehouse.id).one()
    return int(on_hand or 0), int(held or 0)


def lots_in(sku: Sku, warehouse: Warehouse) -> dict[str, tuple[int, int, int]]:
    """(on hand, held, shipped) by lot, as the store has it."""
    counters = (StockLevel.on_hand, StockLevel.held, StockLevel.shipped)
    rows = db.session.query(Lot.code, *counters).join(Lot, Lot.id == StockLevel.lot_id).order_by(Lot.id)
    return {
        row[0]: tuple(row[1:])
        for row in rows.filter(StockLevel.sku_id == sku.id, StockLevel.warehouse_id == warehouse.id)
    }
