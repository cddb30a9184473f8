"""Requests for addresses that lead nowhere, by group of addresses and by what led there."""

from typing import NamedTuple

from sqlalchemy import func, select

from analytics.reading import Range
from analytics.source import channel_and_host
from analytics.store import Store, not_found, pages


class NotFound(NamedTuple):
    """`group` is the part of the site in which the address lay, never the address."""

    group: str
    channel: str
    source: str
    hits: int


def pages_not_found(store: Store, days: Range) -> list[NotFound]:
    """Most requests first."""
    query = (
        select(pages.c.key, not_found.c.source, func.sum(not_found.c.hits))
        .join(pages, pages.c.page == not_found.c.page)
        .where(not_found.c.day.between(*days))
        .group_by(pages.c.key, not_found.c.source)
    )
    with store.reading() as connection:
        rows = [NotFound(key, *channel_and_host(source), int(hits)) for key, source, hits in connection.execute(query)]
    return sorted(rows, key=lambda row: (-row.hits, row.group, row.source))
