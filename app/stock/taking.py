"""Taking units for an order, giving them back, and sending them out. FLOWS.md 1; DESIGN.md 5.

Units are taken when the order is placed, inside that transaction, SKU by SKU in sorted order, so that two orders can
never wait for each other in a ring and never sell a unit twice. Giving back and sending out go by the ledger: they
move exactly what the order still holds, so doing either twice does nothing more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product, Sku
from app.catalog.vocabulary import SERVICE
from app.stock.errors import OutOfStock, Shortage
from app.stock.levels import Booking, Free, Key, left_of, lock_free
from app.stock.models import GIVEN_BACK, SHIPPED, TAKEN, StockMovement

_SERVICES = (
    select(Sku.id)
    .join(Product, Product.id == Sku.product_id)
    .where(Sku.id.in_(bindparam("skus", expanding=True)), Product.kind == SERVICE)
)
"""Made once: every order asks it."""


Places = Sequence[tuple[int, int]] | None
"""Where free units of a SKU lie: (warehouse, units) in the fixed order of the warehouses. None for a service."""


class Taken(NamedTuple):
    """Units of one SKU that one warehouse will send. A service has no warehouse."""

    sku_id: int
    warehouse_id: int | None
    quantity: int


class Held(NamedTuple):
    """Units of one level that an order holds."""

    key: Key
    quantity: int

    @property
    def sku_id(self) -> int:
        return self.key.sku_id

    @property
    def warehouse_id(self) -> int:
        return self.key.warehouse_id


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
    warehouses; else by as few as possible. There it comes out of one lot where one has enough, the oldest first.
    Raises OutOfStock with every SKU that is short; then roll back. `seen` spares a look at what the caller read in
    this transaction.
    """
    if not all(quantity > 0 for quantity in wants.values()):
        raise ValueError("a quantity is positive")
    if seen is None:
        seen = dict.fromkeys(_services_among(session, wants))
    taken: list[Taken] = []
    shortages: list[Shortage] = []
    with Booking(session, at, order_ref=order_ref) as booking:
        for sku_id in sorted(wants):
            places = seen.get(sku_id, [])
            if places is None:
                taken.append(Taken(sku_id, None, wants[sku_id]))
            elif part := _take_one(session, booking, sku_id, wants[sku_id], places):
                taken += part
            else:
                shortages.append(Shortage(sku_id, wants[sku_id], left_of(session, sku_id)))
        if shortages:
            raise OutOfStock(shortages)
    return taken


def take_from(session: Session, sku_id: int, warehouse_id: int, quantity: int, order_ref: int, at: datetime) -> None:
    """Hold units that lie in one warehouse, out of one lot where one has enough. Raises OutOfStock."""
    with Booking(session, at, order_ref=order_ref) as booking:
        if booking.hold(sku_id, warehouse_id, quantity):
            return
        lots = [each for each in lock_free(session, sku_id) if each.warehouse_id == warehouse_id]
        left = sum(each.units for each in lots)
        if left < quantity:
            raise OutOfStock([Shortage(sku_id, quantity, left)])
        for lot_id, count in out_of_lots(lots, quantity):
            _must(booking.change(Key(sku_id, warehouse_id, lot_id), TAKEN, held=count))


def give_back(
    session: Session, order_ref: int, at: datetime, *, reason: str = "", sku_ids: Collection[int] | None = None
) -> list[Held]:
    """Free what the order still holds (of `sku_ids` only, where given). Safe to repeat; works from zero left."""
    held = [part for part in still_held(session, order_ref) if sku_ids is None or part.sku_id in sku_ids]
    with Booking(session, at, order_ref=order_ref, reason=reason) as booking:
        for key, quantity in held:
            _must(booking.change(key, GIVEN_BACK, held=-quantity))
    return held


def give_back_units(
    session: Session, order_ref: int, warehouse_id: int, units: Mapping[int, int], at: datetime, *, reason: str
) -> None:
    """Free just these `units` (by SKU) of what the order holds in one warehouse. Not repeatable."""
    held = [part for part in still_held(session, order_ref) if part.warehouse_id == warehouse_id]
    with Booking(session, at, order_ref=order_ref, reason=reason) as booking:
        for key, count in _as_many(held, units):
            _must(booking.change(key, GIVEN_BACK, held=-count))


def ship_out(
    session: Session,
    order_ref: int,
    at: datetime,
    *,
    warehouse_id: int | None = None,
    units: Mapping[int, int] | None = None,
    actor: int | None = None,
) -> list[Held]:
    """Let what the order holds leave for good: all of it, all in one warehouse, or just these `units` (by SKU) there.

    Without `units` repeating it does nothing more.
    """
    held = [part for part in still_held(session, order_ref) if warehouse_id in (None, part.warehouse_id)]
    leaving = held if units is None else _as_many(held, units)
    with Booking(session, at, order_ref=order_ref, actor=actor) as booking:
        for key, count in leaving:
            _must(booking.change(key, SHIPPED, on_hand=-count, held=-count))
    return leaving


def still_held(session: Session, order_ref: int) -> list[Held]:
    """What the ledger says an order holds: taken, less given back, less shipped. In the order of the keys."""
    held = func.sum(StockMovement.held_delta)
    key = (StockMovement.sku_id, StockMovement.warehouse_id, StockMovement.lot_id)
    rows = select(*key, held).where(StockMovement.order_ref == order_ref).group_by(*key).having(held > 0).order_by(*key)
    return [Held(Key(*row[:3]), int(row[3])) for row in session.execute(rows)]


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


def out_of_lots(lots: Sequence[Free], quantity: int) -> Iterator[tuple[int, int]]:
    """(lot, units) that serve a quantity from a warehouse that has so many: one lot if one can, oldest first. Pure."""
    enough = next((lot for lot in lots if lot.units >= quantity), None)
    for lot in [enough] if enough else lots:
        if given := min(lot.units, quantity):
            yield lot.lot_id, given
            quantity -= given


def _take_one(
    session: Session, booking: Booking, sku_id: int, quantity: int, places: Sequence[tuple[int, int]]
) -> list[Taken]:
    """From what was seen if one lot of one warehouse still does; else all levels of the SKU are locked and looked at.

    Nothing of the SKU is held before they are locked, so the order of locks holds. [] if there are too few.
    """
    seen = plan(places, quantity)
    if len(seen) == 1 and booking.hold(sku_id, seen[0][0], quantity):
        return [Taken(sku_id, seen[0][0], quantity)]
    free = lock_free(session, sku_id)
    parts = sorted(plan(_by_warehouse(free), quantity))
    for warehouse_id, units in parts:
        lots = [each for each in free if each.warehouse_id == warehouse_id]
        for lot_id, count in out_of_lots(lots, units):
            _must(booking.change(Key(sku_id, warehouse_id, lot_id), TAKEN, held=count))
    return [Taken(sku_id, warehouse_id, units) for warehouse_id, units in parts]


def _by_warehouse(free: Sequence[Free]) -> list[tuple[int, int]]:
    """(warehouse, units) in the fixed order of the warehouses."""
    ranked = sorted(free, key=attrgetter("position", "warehouse_id"))
    return [
        (warehouse_id, sum(each.units for each in lots))
        for warehouse_id, lots in groupby(ranked, attrgetter("warehouse_id"))
    ]


def _as_many(held: Sequence[Held], units: Mapping[int, int]) -> list[Held]:
    """So many units of each SKU out of what is held, the oldest lot first."""
    leaving: list[Held] = []
    for sku_id, wanted in sorted(units.items()):
        for part in held:
            if part.sku_id == sku_id and (count := min(part.quantity, wanted)) > 0:
                leaving.append(Held(part.key, count))
                wanted -= count
        _must(wanted == 0)
    return leaving


def _services_among(session: Session, sku_ids: Collection[int]) -> set[int]:
    return set(session.scalars(_SERVICES, {"skus": list(sku_ids)}))


def _must(done: bool) -> None:
    """The ledger says the order holds these units; a level that disagrees is damaged."""
    if not done:
        raise RuntimeError("a stock level disagrees with its ledger")
