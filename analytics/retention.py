"""Who comes back: browsers by the week of their first visit, and the days between active days. Exact, by sums alone."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from analytics.codes import Cut
from analytics.reading import Filter, Range, cells_of
from analytics.store import Store, cohorts, gaps
from analytics.visit import NEW

GAP_BOUNDS = (1, 7, 30)
"""Gaps of one day, of up to a week, of up to thirty days, and longer ones; new browsers apart."""


class Cohort(NamedTuple):
    """Browsers whose first visit fell in `week` (days.week_of). `active[n]` of them were active n weeks later."""

    week: int
    active: list[int]

    @property
    def size(self) -> int:
        return self.active[0]


class ReturnGaps(NamedTuple):
    """First hits of a day, by the days since the browser's last active day."""

    new: int
    next_day: int
    within_week: int
    within_month: int
    later: int


def retention(store: Store, first_week: int, last_week: int) -> list[Cohort]:
    """Cohorts whose week lies in the range, oldest first, followed to its end. Empty weeks stand with zeros."""
    query = select(cohorts).where(cohorts.c.cohort.between(first_week, last_week), cohorts.c.week <= last_week)
    found = {
        week: Cohort(week, [0] * (last_week - week + 1)) for week in range(first_week, last_week + 1)
    }  # fmt: skip
    with store.reading() as connection:
        for cohort, week, visitors in connection.execute(query):
            if week >= cohort:
                found[cohort].active[week - cohort] = int(visitors)
    return list(found.values())


def return_gaps(store: Store, days: Range, filters: Sequence[Filter] = ()) -> ReturnGaps:
    """How long browsers had stayed away, over all first hits of a day in the range. Raises TooManyFilters."""
    cells = cells_of(Cut.ALL, filters)
    query = (
        select(gaps.c.gap, func.sum(gaps.c.visitors))
        .where(cells.of(gaps), gaps.c.day.between(*days))
        .group_by(gaps.c.gap)
    )
    found = [0] * len(ReturnGaps._fields)
    with store.reading() as connection:
        for gap, visitors in connection.execute(query):
            place = 0 if gap == NEW else 1 + sum(gap > bound for bound in GAP_BOUNDS)
            found[place] += int(visitors)
    return ReturnGaps(*found)
