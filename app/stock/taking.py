"""Taking units for an order, giving them back, and sending them out. FLOWS.md 1; DESIGN.md 5.

Units are taken when the order is placed, inside that transaction, SKU by SKU in sorted order, so that two orders can
never wait for each other in a ring and never sell a unit twice. Giving back and sending out go by the ledger: they
move exactly what the order still holds, so doing either twice does nothing more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product, Sku
from app.catalog.vocabulary import SERVICE
from app.stock.errors import OutOfStock, Shortage
from app.stock.levels import change, left_of
from app.stock.models import GIVEN_BACK, SHIPPED, TAKEN, StockLevel, StockMovement, Warehouse

TRIES = 5

_LEFT = (
    select(StockLevel.warehouse_id, StockLevel.on_hand - StockLevel.held)
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(StockLevel.sku_id == bindparam("sku"), StockLevel.on_hand > StockLevel.held)
    .order_by(Warehouse.position, Warehouse.id)
)
_SERVICES = (
    select(Sku.id)
    .join(Product, Product.id == Sku.product_id)
    .where(Sku.id.in_(bindparam("skus", expanding=True)), Product.kind == SERVICE)
)
"""Made once: every order asks them."""


Places = Sequence[tuple[int, int]] | None
"""Where free units of a SKU lie: (warehouse, units) in the fixed order of the warehouses. None for a service."""


class Taken(NamedTuple):
    """Units of one SKU that one warehouse will send. A service has no warehouse."""

    sku_id: int
    warehouse_id: int | None
    quantity: int


def take(
    session: Session,
    wants: Mapping[int, int],
    order_ref: int,
    at: datetime,
    *,
    seen: Mapping[int, Places] | None = None,
) -> list[Taken]:
    """Hold `wants` (SKU id: quantity) for an order, in the caller's transaction; says which warehouse sends what.

    A line is served by one warehouse where one has enough: the one with most left, then in the fixed order of the
    warehouses; else by as few as possible. Raises OutOfStock with every SKU that is short; then roll back.
    `seen` spares a look at what the caller read in this transaction.
    """
    if not all(quantity > 0 for quantity in wants.values()):
        raise ValueError("a quantity is positive")
    if seen is None:
        seen = dict.fromkeys(_services_among(session, wants))
    taken: list[Taken] = []
    shortages: list[Shortage] = []
    for sku_id in sorted(wants):
        places = seen.get(sku_id, [])
        if places is None:
            taken.append(Taken(sku_id, None, wants[sku_id]))
        elif part := _take_one(session, sku_id, wants[sku_id], order_ref, at, places):
            taken += part
        else:
            shortages.append(Shortage(sku_id, wants[sku_id], left_of(session, sku_id)))
    if shortages:
        raise OutOfStock(shortages)
    return taken


def give_back(
    session: Session, order_ref: int, at: datetime, *, reason: str = "", sku_ids: Collection[int] | None = None
) -> list[Taken]:
    """Free what the order still holds (of `sku_ids` only, where given). Safe to repeat; works from zero left."""
    held = [part for part in still_held(session, order_ref) if sku_ids is None or part.sku_id in sku_ids]
    for sku_id, warehouse_id, quantity in held:
        _must(
            change(
                session,
                sku_id,
                _known(warehouse_id),
                GIVEN_BACK,
                at,
                held=-quantity,
                order_ref=order_ref,
                reason=reason,
            )
        )
    return held


def ship_out(
    session: Session,
    order_ref: int,
    at: datetime,
    *,
    warehouse_id: int | None = None,
    units: Mapping[int, int] | None = None,
    actor: int | None = None,
) -> list[Taken]:
    """Let what the order holds leave for good: all of it, all in one warehouse, or just these `units` (by SKU) there.

    Without `units` repeating it does nothing more.
    """
    leaving = [part for part in still_held(session, order_ref) if warehouse_id in (None, part.warehouse_id)]
    if units is not None:
        held = {part.sku_id: part.quantity for part in leaving}
        _must(all(count <= held.get(sku_id, 0) for sku_id, count in units.items()))
        leaving = [Taken(sku_id, warehouse_id, count) for sku_id, count in sorted(units.items())]
    for sku_id, place, count in leaving:
        done = change(
            session, sku_id, _known(place), SHIPPED, at, on_hand=-count, held=-count, order_ref=order_ref, actor=actor
        )
        _must(done)
    return leaving


def still_held(session: Session, order_ref: int) -> list[Taken]:
    """What the ledger says an order holds: taken, less given back, less shipped. In sorted order."""
    held = func.sum(StockMovement.held_delta)
    rows = (
        select(StockMovement.sku_id, StockMovement.warehouse_id, held)
        .where(StockMovement.order_ref == order_ref)
        .group_by(StockMovement.sku_id, StockMovement.warehouse_id)
        .having(held > 0)
        .order_by(StockMovement.sku_id, StockMovement.warehouse_id)
    )
    return [Taken(sku_id, warehouse_id, int(quantity)) for sku_id, warehouse_id, quantity in session.execute(rows)]


def plan(left: Collection[tuple[int, int]], quantity: int) -> list[tuple[int, int]]:
    """Which warehouses give how much, from (warehouse, units left) in their fixed order; [] if too few. Pure."""
    ranked = sorted((row for row in left if row[1] > 0), key=lambda row: -row[1])
    parts: list[tuple[int, int]] = []
    for warehouse_id, units in ranked:
        given = min(units, quantity)
        parts.append((warehouse_id, given))
        quantity -= given
        if not quantity:
            return parts
    return []


def _take_one(
    session: Session, sku_id: int, quantity: int, order_ref: int, at: datetime, places: Sequence[tuple[int, int]]
) -> list[Taken]:
    """Another order may empty a warehouse between looking and taking (not on SQLite): then look again."""
    taken: list[Taken] = []
    for _ in range(TRIES):
        parts = plan(places or _left_by_warehouse(session, sku_id), quantity)
        places = []
        for warehouse_id, units in sorted(parts):
            if change(session, sku_id, warehouse_id, TAKEN, at, held=units, order_ref=order_ref):
                taken.append(Taken(sku_id, warehouse_id, units))
                quantity -= units
        if not quantity:
            return taken
        if not parts:
            break
    for part in taken:
        _must(
            change(session, sku_id, _known(part.warehouse_id), GIVEN_BACK, at, held=-part.quantity, order_ref=order_ref)
        )
    return []


def _left_by_warehouse(session: Session, sku_id: int) -> list[tuple[int, int]]:
    return [(warehouse_id, left) for warehouse_id, left in session.execute(_LEFT, {"sku": sku_id})]


def _services_among(session: Session, sku_ids: Collection[int]) -> set[int]:
    return set(session.scalars(_SERVICES, {"skus": list(sku_ids)}))


def _known(warehouse_id: int | None) -> int:
    if warehouse_id is None:
        raise ValueError("a movement has a warehouse")
    return warehouse_id


def _must(done: bool) -> None:
    """The ledger says the order holds these units; a level that disagrees is damaged."""
    if not done:
        raise RuntimeError("a stock level disagrees with its ledger")
