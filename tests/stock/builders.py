"""Builders of stock."""

from itertools import count

from app.catalog.models import Sku
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.models import StockLevel, Warehouse
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


def a_stocked_sku(*quantities: int, **values: object) -> tuple[Sku, list[Warehouse]]:
    """A SKU with these quantities, each in a warehouse of its own, in their fixed order."""
    sku = a_sku(**values)  # type: ignore[arg-type]
    places = [a_warehouse() for _ in quantities or (5,)]
    for place, quantity in zip(places, quantities or (5,), strict=True):
        if quantity:
            receive(sku.id, place.id, quantity, now(), reason="delivery")
    return sku, places


def level_of(sku: Sku, warehouse: Warehouse) -> tuple[int, int]:
    """(on hand, held) as the store has it."""
    row = (
        db.session.query(StockLevel.on_hand, StockLevel.held).filter_by(sku_id=sku.id, warehouse_id=warehouse.id).one()
    )
    return row.on_hand, row.held
