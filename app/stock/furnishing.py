"""Warehouses and first receipts of the demonstration shop, through the same act as the goods desk's."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.catalog.furnishing import Stocked, offer_goods, offer_machines
from app.catalog.offers import WAREHOUSES
from app.foundation.database import transaction
from app.stock.models import Warehouse
from app.stock.receiving import receive

REASON = "demonstration stock"


def furnish(seed: int, at: datetime) -> int:
    """Offers, parts, services and stock for what has none yet; how many SKUs were offered. Safe to repeat."""
    places = _warehouses()
    offered = [*offer_machines(seed, at), *offer_goods(at)]
    _receive(offered, places, at)
    return len(offered)


def _receive(offered: Iterable[Stocked], places: dict[str, int], at: datetime) -> None:
    with transaction():
        for sku_id, stock in offered:
            for code, units in stock:
                receive(sku_id, places[code], units, at, reason=REASON)


def _warehouses() -> dict[str, int]:
    """Ids of the demonstration warehouses by code, opened where they are not there yet."""
    with transaction() as session:
        known = {place.code: place for place in session.scalars(select(Warehouse))}
        for position, (code, zh, en, province) in enumerate(WAREHOUSES):
            if code not in known:
                known[code] = Warehouse(code=code, name_zh=zh, name_en=en, province=province, position=position)
                session.add(known[code])
        session.flush()
        return {code: place.id for code, place in known.items()}
