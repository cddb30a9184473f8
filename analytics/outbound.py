"""Reading what pages told when they were left: how long they were in view, and which links led out of the site.

Told by browsers with script alone, and so of fewer pages than were viewed.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select

from analytics.codes import Ending, Way
from analytics.reading import Range
from analytics.source import channel_and_host
from analytics.store import Store, outbound, page_times


class InView(NamedTuple):
    """`hits` pages were told of, and stood `seconds` in view together."""

    hits: int
    seconds: int


class Followed(NamedTuple):
    """Clicks on pages of one kind. `target` is a listed host or "other"; of files it is their ending."""

    target: str
    page_kind: str
    hits: int


def times_in_view(store: Store, days: Range) -> dict[int, InView]:
    """By page code; the last page of a visit as every other."""
    columns = page_times.c
    query = (
        select(columns.page, func.sum(columns.hits), func.sum(columns.seconds))
        .where(columns.day.between(*days))
        .group_by(columns.page)
    )
    with store.reading() as connection:
        return {page: InView(int(hits), int(seconds)) for page, hits, seconds in connection.execute(query)}


def followed(store: Store, days: Range, way: Way, page_kinds: Mapping[int, str]) -> list[Followed]:
    """Most clicks first."""
    columns = outbound.c
    query = (
        select(columns.target, columns.page_kind, func.sum(columns.hits))
        .where(columns.day.between(*days), columns.way == int(way))
        .group_by(columns.target, columns.page_kind)
    )
    with store.reading() as connection:
        rows = [
            Followed(_named(way, target), page_kinds.get(kind, ""), int(hits))
            for target, kind, hits in connection.execute(query)
        ]
    return sorted(rows, key=lambda row: (-row.hits, row.target, row.page_kind))


def _named(way: Way, target: int) -> str:
    if way == Way.LINK:
        channel, host = channel_and_host(target)
        return host or channel
    return Ending(target).name.lower() if target in set(Ending) else "other"
