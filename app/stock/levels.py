"""The one place that writes a stock level: counters, ledger row, and the flip when a SKU sells out or comes back.

Private to the slice: acts in `taking.py`, `receiving.py` and `moving.py` say what it means.
"""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from sqlalchemy import Table, bindparam, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.catalog.models import Sku
from app.catalog.versions import mark_available
from app.foundation.clock import SHANGHAI
from app.foundation.database import new_id
from app.foundation.errors import NotFound
from app.stock.models import SHIPPED, TAKEN, Lot, StockLevel, StockMovement, Warehouse

_LEVELS: Table = inspect(StockLevel).local_table
_ON_HAND_AFTER = _LEVELS.c.on_hand + bindparam("on_hand_by")
_HELD_AFTER = _LEVELS.c.held + bindparam("held_by")
_MINIMUM = select(Sku.moq).where(Sku.id == bindparam("sku")).scalar_subquery()
_CHANGE = (
    update(_LEVELS)
    .where(*(_LEVELS.c[name] == bindparam(name[:-3]) for name in ("sku_id", "warehouse_id", "lot_id")))
    .where(_HELD_AFTER >= 0, _HELD_AFTER <= _ON_HAND_AFTER)
    .values(on_hand=_ON_HAND_AFTER, held=_HELD_AFTER, shipped=_LEVELS.c.shipped + bindparam("shipped_by"))
    .returning(_LEVELS.c.on_hand - _LEVELS.c.held, _MINIMUM)
)
_HELD_WITH_MORE = _LEVELS.c.held + bindparam("units")
_ANY_LOT = _LEVELS.alias()
_OLDEST_LOT_WITH_ENOUGH = (
    select(_ANY_LOT.c.id)
    .where(_ANY_LOT.c.sku_id == bindparam("sku"), _ANY_LOT.c.warehouse_id == bindparam("warehouse"))
    .where(_ANY_LOT.c.on_hand - _ANY_LOT.c.held >= bindparam("units"))
    .order_by(_ANY_LOT.c.lot_id)
    .limit(1)
    .scalar_subquery()
)
_HOLD = (
    update(_LEVELS)
    .where(_LEVELS.c.id == _OLDEST_LOT_WITH_ENOUGH, _LEVELS.c.on_hand >= _HELD_WITH_MORE)
    .values(held=_HELD_WITH_MORE)
    .returning(_LEVELS.c.lot_id, _LEVELS.c.on_hand - _LEVELS.c.held, _MINIMUM)
)
_NOTE = insert(inspect(StockMovement).local_table)
"""Made once: every unit sold runs through them."""
_FREE = (
    select(StockLevel.warehouse_id, StockLevel.lot_id, StockLevel.on_hand - StockLevel.held, Warehouse.position)
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(StockLevel.sku_id == bindparam("sku"))
    .order_by(StockLevel.warehouse_id, StockLevel.lot_id)
    .with_for_update(of=StockLevel, key_share=True)
)


class Key(NamedTuple):
    """Which level: a SKU's units of one lot in one warehouse. Levels are locked in the order of their keys."""

    sku_id: int
    warehouse_id: int
    lot_id: int


class Free(NamedTuple):
    """Free units of one lot in a warehouse, which has this place in the order of the warehouses."""

    warehouse_id: int
    lot_id: int
    units: int
    position: int


class Booking:
    """The changes of levels that make one act, in the caller's transaction; for what and by whom is said once.

    When it ends well, every SKU that ran short of its minimum order or came back is told: levels are locked before
    SKUs, both in sorted order, so that no two acts wait for each other in a ring, and of two that empty two warehouses
    one sees it.
    """

    def __init__(
        self,
        session: Session,
        at: datetime,
        *,
        order_ref: int | None = None,
        reason: str = "",
        actor: int | None = None,
    ) -> None:
        self._session = session
        self._said = {"order_ref": order_ref, "reason": reason, "actor": actor, "at": at}
        self._crossed: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            for sku_id in sorted(self._crossed):
                settle_available(self._session, sku_id)

    def change(self, key: Key, kind: str, *, on_hand: int = 0, held: int = 0) -> bool:
        """Move the counters by these deltas if they stay sound (0 <= held <= on hand); says whether it was done.

        One conditional UPDATE: of two who want the last unit, one gets False.
        """
        shipped = -on_hand if kind == SHIPPED else 0
        named = {"sku": key.sku_id, "warehouse": key.warehouse_id, "lot": key.lot_id}
        deltas = {"on_hand_by": on_hand, "held_by": held, "shipped_by": shipped}
        left = self._session.execute(_CHANGE, {**named, **deltas}).one_or_none()
        if left is None:
            return False
        self._note(key, kind, on_hand, held, *left)
        return True

    def hold(self, sku_id: int, warehouse_id: int, units: int) -> bool:
        """Hold units of the oldest lot in a warehouse that has so many; says whether there was one."""
        wanted = {"sku": sku_id, "warehouse": warehouse_id, "units": units}
        held = self._session.execute(_HOLD, wanted).one_or_none()
        if held is None:
            return False
        lot_id, *left = held
        self._note(Key(sku_id, warehouse_id, lot_id), TAKEN, 0, units, *left)
        return True

    def _note(self, key: Key, kind: str, on_hand: int, held: int, free: int, minimum: int) -> None:
        movement = {"id": new_id(), **key._asdict(), "kind": kind, "on_hand_delta": on_hand, "held_delta": held}
        self._session.execute(_NOTE, {**movement, **self._said})
        if min(free, free - on_hand + held) < minimum:  # only a level that has, or had, too few can make the SKU flip
            self._crossed.add(key.sku_id)


def lock_free(session: Session, sku_id: int) -> Sequence[Free]:
    """What is free of a SKU, by warehouse and lot, and stays so until the caller's transaction ends."""
    return [Free(*row) for row in session.execute(_FREE, {"sku": sku_id})]


def open_level(session: Session, sku_id: int, warehouse_id: int, lot_id: int) -> Key:
    """Make sure there is a level to count in. Raises NotFound for a warehouse that is closed or unknown."""
    if session.scalar(select(Warehouse.id).where(Warehouse.id == warehouse_id, Warehouse.closed.is_(False))) is None:
        raise NotFound
    key = Key(sku_id, warehouse_id, lot_id)
    if session.scalar(select(StockLevel.id).filter_by(**key._asdict())) is None:
        session.execute(insert(StockLevel).values(**key._asdict(), on_hand=0, held=0, shipped=0))
    return key


def lot_of(session: Session, sku_id: int, code: str) -> int:
    """The id of a SKU's lot. Raises NotFound for a code that it has no lot of."""
    lot_id = session.scalar(select(Lot.id).where(Lot.sku_id == sku_id, Lot.code == code))
    if lot_id is None:
        raise NotFound
    return lot_id


def open_lot(session: Session, sku_id: int, code: str, at: datetime) -> int:
    """The id of a SKU's lot, which is opened where there is none; without a code it is the lot of the day in China."""
    code = code.strip() or at.astimezone(SHANGHAI).date().isoformat()
    try:
        return lot_of(session, sku_id, code)
    except NotFound:
        lot = Lot(sku_id=sku_id, code=code, opened_at=at)
        session.add(lot)
        session.flush()
        return lot.id


def settle_available(session: Session, sku_id: int) -> None:
    """Tell the catalogue whether enough is left of a SKU for its minimum order. In the caller's transaction."""
    minimum = session.scalar(select(Sku.moq).where(Sku.id == sku_id).with_for_update(key_share=True)) or 1
    mark_available(session, sku_id, left_of(session, sku_id) >= minimum)


def left_of(session: Session, sku_id: int) -> int:
    """Units of a SKU that can still be sold, over all warehouses."""
    left = select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0)).where(StockLevel.sku_id == sku_id)
    return int(session.execute(left).scalar_one())
