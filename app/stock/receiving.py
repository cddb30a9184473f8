"""Goods coming in and corrections after a count. Each with a reason, each in the ledger and the audit."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.database import transaction
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.levels import Booking, lot_of, open_level, open_lot
from app.stock.models import ADJUSTED, RECEIVED

MOST_AT_ONCE = 1_000_000


def receive(
    sku_id: int, warehouse_id: int, quantity: int, at: datetime, *, reason: str, lot: str = "", actor: int | None = None
) -> None:
    """Units arrived, of a lot known or new; without its code, of the lot of the day.

    Raises ReasonMissing, or NotThatMany for fewer than one or more than a million.
    """
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise NotThatMany
    _said(reason)
    with transaction() as session:
        lot_id = open_lot(session, sku_id, lot, at)
        _count(session, sku_id, warehouse_id, lot_id, quantity, RECEIVED, at, reason, actor)


def adjust(
    sku_id: int, warehouse_id: int, difference: int, at: datetime, *, lot: str, reason: str, actor: int | None = None
) -> None:
    """A count found `difference` units more (or fewer, if negative). Units held for orders cannot be counted away.

    Raises ReasonMissing; NotThatMany where fewer free units lie there, or for no difference at all; NotFound for a
    lot that the SKU has not.
    """
    if not 1 <= abs(difference) <= MOST_AT_ONCE:
        raise NotThatMany
    _said(reason)
    with transaction() as session:
        lot_id = lot_of(session, sku_id, lot)
        _count(session, sku_id, warehouse_id, lot_id, difference, ADJUSTED, at, reason, actor)


def _said(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _count(
    session: Session,
    sku_id: int,
    warehouse_id: int,
    lot_id: int,
    difference: int,
    kind: str,
    at: datetime,
    reason: str,
    actor: int | None,
) -> None:
    key = open_level(session, sku_id, warehouse_id, lot_id)
    with Booking(session, at, reason=reason, actor=actor) as booking:
        if not booking.change(key, kind, on_hand=difference):
            raise NotThatMany
    record(f"stock.{kind}", actor=actor, sku=sku_id, warehouse=warehouse_id, lot=lot_id, units=difference)
