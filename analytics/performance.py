"""How the site itself did: times to answer and to load as distributions, faults by their place. Clauses 2.3, 2.9.

A time is never kept, only in which of eleven spans it fell, by day and kind of page.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, func, select

from analytics.codes import Device
from analytics.store import Store, faults, loads, timings

BOUNDS_MS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""The longest time of each span but the last, which has no end. A span's number never changes its meaning."""


class Times(NamedTuple):
    """Answers of one kind of page by span."""

    spans: Sequence[int]

    @property
    def answers(self) -> int:
        return sum(self.spans)

    def within_ms(self, share: float) -> int | None:
        """The bound within which this share of the answers was made; None beyond the last bound, or for no answer."""
        wanted, so_far = share * self.answers, 0
        for bound, answers in zip(BOUNDS_MS, self.spans, strict=False):
            so_far += answers
            if so_far >= wanted and so_far:
                return bound
        return None


class Fault(NamedTuple):
    """How often a fault happened on a day to devices of a class. Its code is that of its records in the service log."""

    day: int
    code: int
    device: Device
    hits: int


def bucket_of(ms: float) -> int:
    """The number of the span in which a time lies."""
    return bisect_left(BOUNDS_MS, ms)


def times(store: Store, first: int, last: int, page_kinds: Mapping[int, str]) -> dict[str, Times]:
    """Times to answer of a range of days by kind of page, "" for answers that are no counted page."""
    return _spans(store, timings, timings.c.answers, (first, last), page_kinds)


def load_times(store: Store, first: int, last: int, page_kinds: Mapping[int, str]) -> dict[str, Times]:
    """From the start of a page's request until it was loaded, as browsers with script told it, by kind of page."""
    return _spans(store, loads, loads.c.hits, (first, last), page_kinds)


def _spans(
    store: Store, table: Table, counted: ColumnElement[int], days: tuple[int, int], page_kinds: Mapping[int, str]
) -> dict[str, Times]:
    columns = table.c
    query = (
        select(columns.page_kind, columns.bucket, func.sum(counted))
        .where(columns.day.between(*days))
        .group_by(columns.page_kind, columns.bucket)
    )
    found: dict[str, list[int]] = {}
    with store.reading() as connection:
        for kind, bucket, answers in connection.execute(query):
            found.setdefault(page_kinds.get(kind, ""), [0] * (len(BOUNDS_MS) + 1))[bucket] += int(answers)
    return {kind: Times(spans) for kind, spans in sorted(found.items())}


def faults_of(store: Store, first: int, last: int) -> list[Fault]:
    """Faults of a range of days, newest day first, the most frequent of a day first."""
    query = select(faults).where(faults.c.day.between(first, last)).order_by(faults.c.day.desc(), faults.c.hits.desc())
    with store.reading() as connection:
        return [Fault(row.day, row.fault, Device(row.device), row.hits) for row in connection.execute(query)]
