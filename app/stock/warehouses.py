"""Opening, renaming and closing a warehouse. One that still holds units cannot be closed: nobody would see them."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.stock.models import StockLevel, Warehouse


class CodeTaken(BusinessError):
    """Two warehouses cannot share a code."""

    message = _l("Another warehouse has this code.")
    status = 422


class StillHolds(BusinessError):
    """Units lie in the warehouse."""

    message = _l("Units still lie in this warehouse. Please move them first.")


@dataclass(frozen=True)
class Place:
    """What is written about a warehouse; `province` is a code of the freight table."""

    code: str
    name_zh: str
    name_en: str
    province: str
    position: int = 1000
    return_address: str = ""


def open_warehouse(place: Place, *, actor: int | None = None) -> Warehouse:
    """Raises CodeTaken."""
    with transaction() as session:
        if session.scalar(select(Warehouse.id).where(Warehouse.code == place.code)):
            raise CodeTaken
        warehouse = Warehouse(code=place.code)
        _write(warehouse, place)
        session.add(warehouse)
        session.flush()
        record("warehouse.opened", actor=actor, warehouse=warehouse.id, code=place.code)
    return warehouse


def edit_warehouse(warehouse_id: int, place: Place, *, actor: int | None = None) -> None:
    """Rewrite all but the code. Raises NotFound."""
    with transaction() as session:
        warehouse = session.get(Warehouse, warehouse_id)
        if warehouse is None:
            raise NotFound
        _write(warehouse, place)
        record("warehouse.edited", actor=actor, warehouse=warehouse_id)


def close_warehouse(warehouse_id: int, *, actor: int | None = None) -> None:
    """Nothing is received into it or sold from it any more. Raises NotFound, StillHolds. Safe to repeat."""
    with transaction() as session:
        warehouse = session.get(Warehouse, warehouse_id)
        if warehouse is None:
            raise NotFound
        if session.scalar(select(func.sum(StockLevel.on_hand)).where(StockLevel.warehouse_id == warehouse_id)):
            raise StillHolds
        _set_closed(warehouse, True, actor)


def reopen_warehouse(warehouse_id: int, *, actor: int | None = None) -> None:
    """Undo `close_warehouse`. Raises NotFound. Safe to repeat."""
    with transaction() as session:
        warehouse = session.get(Warehouse, warehouse_id)
        if warehouse is None:
            raise NotFound
        _set_closed(warehouse, False, actor)


def _set_closed(warehouse: Warehouse, closed: bool, actor: int | None) -> None:
    if warehouse.closed != closed:
        warehouse.closed = closed
        record("warehouse.closed" if closed else "warehouse.reopened", actor=actor, warehouse=warehouse.id)


def _write(warehouse: Warehouse, place: Place) -> None:
    warehouse.name_zh, warehouse.name_en = place.name_zh, place.name_en
    warehouse.province, warehouse.position = place.province, place.position
    warehouse.return_address = place.return_address
