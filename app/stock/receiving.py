"""Goods coming in and corrections after a count. Each with a reason, each in the ledger and the audit."""

from datetime import datetime

from app.foundation.audit import record
from app.foundation.database import transaction
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.levels import change, open_level
from app.stock.models import ADJUSTED, RECEIVED

MOST_AT_ONCE = 1_000_000


def receive(
    sku_id: int, warehouse_id: int, quantity: int, at: datetime, *, reason: str, actor: int | None = None
) -> None:
    """Units arrived. Raises ReasonMissing, or NotThatMany for fewer than one or more than a million."""
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise NotThatMany
    _count(sku_id, warehouse_id, quantity, RECEIVED, at, reason, actor)


def adjust(
    sku_id: int, warehouse_id: int, difference: int, at: datetime, *, reason: str, actor: int | None = None
) -> None:
    """A count found `difference` units more (or fewer, if negative). Units held for orders cannot be counted away.

    Raises ReasonMissing; NotThatMany where fewer free units lie there, or for no difference at all.
    """
    if not 1 <= abs(difference) <= MOST_AT_ONCE:
        raise NotThatMany
    _count(sku_id, warehouse_id, difference, ADJUSTED, at, reason, actor)


def _count(
    sku_id: int, warehouse_id: int, difference: int, kind: str, at: datetime, reason: str, actor: int | None
) -> None:
    if not reason.strip():
        raise ReasonMissing
    with transaction() as session:
        open_level(session, sku_id, warehouse_id)
        if not change(session, sku_id, warehouse_id, kind, at, on_hand=difference, reason=reason, actor=actor):
            raise NotThatMany
        record(f"stock.{kind}", actor=actor, sku=sku_id, warehouse=warehouse_id, units=difference)
