"""Placed orders that the beacon saw, by source and band of amounts."""

from typing import Literal, NamedTuple

from sqlalchemy import func, select

from analytics.reading import Range
from analytics.source import channel_and_host
from analytics.store import Store, conversions

Which = Literal["first_source", "source"]
"""The source of the browser's first visit ever, or that of the visit in which it ordered."""


class Ordered(NamedTuple):
    """Orders from one source, by band."""

    channel: str
    source: str
    bands: dict[int, int]

    @property
    def orders(self) -> int:
        return sum(self.bands.values())


def orders_by_source(store: Store, days: Range, which: Which = "source") -> list[Ordered]:
    """Most orders first."""
    column = conversions.c[which]
    query = (
        select(column, conversions.c.band, func.sum(conversions.c.orders))
        .where(conversions.c.day.between(*days))
        .group_by(column, conversions.c.band)
    )
    found: dict[int, Ordered] = {}
    with store.reading() as connection:
        for source, band, orders in connection.execute(query):
            row = found.setdefault(source, Ordered(*channel_and_host(source), {}))
            row.bands[band] = int(orders)
    return sorted(found.values(), key=lambda row: (-row.orders, row.channel, row.source))
