"""The weeks that everybody may read on `/m/counts`: sums over all visitors, each released once. Clause 2.10, join J7.

When a week has been over for a day its sums get their noise, are rounded (disclosure.py) and stored in one row. The
page reads these rows and nothing else, so asking again shows the same numbers, and no average of many answers takes the
noise away. Weeks do not overlap, and no other range can be asked for. The noise hides one visitor, one visit and one
view; of somebody who alone made many views it hides as much as the others' views and the rounding do. Hits that come
later, after a long outage, are in the counters and in no released week.
"""

import secrets
from typing import NamedTuple

from sqlalchemy import select

from analytics.days import date_of, first_day_of_week
from analytics.disclosure import HIDDEN, Draw, publishable
from analytics.reading import Range
from analytics.release import last_closed_week
from analytics.reports import Figures
from analytics.spans import figures_of_spans
from analytics.store import Store, insert
from analytics.store import open_weeks as released

WEEKS = 13


class OpenWeek(NamedTuple):
    """A closed week that begins on day `begins`; HIDDEN stands for fewer than ten visitors, perhaps none."""

    begins: int
    views: int = HIDDEN
    visits: int = HIDDEN
    visitors: int = HIDDEN

    @property
    def monday(self) -> str:
        return date_of(self.begins).isoformat()


def open_weeks(store: Store, today: int) -> list[OpenWeek]:
    """The closed weeks of the last quarter, newest first. One that is not released yet looks like one with nobody."""
    begins = _closed_weeks(today)
    with store.reading() as connection:
        rows = connection.execute(select(released).where(released.c.day.in_(begins)))
        found = {row.day: OpenWeek(*map(int, row)) for row in rows}
    return [found.get(day, OpenWeek(day)) for day in begins]


def release_open_weeks(store: Store, today: int, draw: Draw = secrets.randbelow) -> None:
    """Release what is closed, has visitors and is not released yet. Of two that run at once one draws what stays."""
    with store.reading() as connection:
        known = set(connection.scalars(select(released.c.day)))
    begins = [day for day in _closed_weeks(today) if day not in known]
    counted = figures_of_spans(store, [Range(day, day + 6) for day in begins])
    drawn = [published(day, figures, draw) for day, figures in zip(begins, counted, strict=True) if figures.visitors]
    if not drawn:
        return
    rows = [{"day": week.begins, **week._asdict()} for week in drawn]
    with store.writing() as connection:
        connection.execute(insert(connection, released).on_conflict_do_nothing(), rows)


def published(begins: int, counted: Figures, draw: Draw = secrets.randbelow) -> OpenWeek:
    """What everybody may read of a week, drawn anew at each call; all of it is hidden where its visitors are few.

    The noise never makes fewer visits than visitors, or fewer views than visits.
    """
    visitors = publishable(counted.visitors, draw)
    if visitors == HIDDEN:
        return OpenWeek(begins)
    visits = max(visitors, publishable(counted.visits, draw))
    return OpenWeek(begins, max(visits, publishable(counted.views, draw)), visits, visitors)


def _closed_weeks(today: int) -> list[int]:
    """The first days of the closed weeks of the last quarter, newest first."""
    last = last_closed_week(today)
    return [first_day_of_week(week) for week in range(last, last - WEEKS, -1)]
