"""What who pays for a promotion may read: closed weeks, one fixed table, released once. Clause 4.1.3(3).

When a week has been over for a day its numbers are made publishable (disclosure.py) and stored; nobody reads anything
else, so asking again shows the same numbers and no other question can be asked. Hits that come later, after a long
outage, are in the counters and in no release.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from analytics.days import first_day_of_week, week_of
from analytics.disclosure import HIDDEN, Draw, hide_complements, publishable
from analytics.effect import SAW_IT
from analytics.promotion import LIFE_DAYS, Measure
from analytics.store import Store, insert, promotions, releases

GRACE_DAYS = 1
PUBLISHED = (Measure.REACHED, Measure.CLICKED, Measure.BOUGHT)
LARGEST_BAND = 255


class Week(NamedTuple):
    """One row of the table. `begins` is a day number; HIDDEN stands for fewer than the floor, perhaps none."""

    begins: int
    reached: int
    clicked: int
    bought: int
    bands: dict[int, int]


def release_closed_weeks(store: Store, today: int, draw: Draw = secrets.randbelow) -> int:
    """Release what is closed and not released yet; how many weeks of campaigns that were. Safe to run twice at once."""
    with store.reading() as connection:
        if not list(_unreleased(connection, today)):
            return 0
    with store.writing() as connection:
        found = list(_unreleased(connection, today))
        for campaign, week in found:
            _release(connection, campaign, week, draw)
    return len(found)


def released_weeks(store: Store, campaign: int, first: int, last: int, today: int, bands: int) -> list[Week]:
    """The rows of a campaign that ran from day `first` to `last`: every closed week in which something may have
    happened, newest first, each with all its bands from 1. A week without any release looks like one with nothing.
    """
    query = select(releases).where(releases.c.campaign == campaign)
    with store.reading() as connection:
        rows = {(row.day, row.measure, row.band): int(row.released) for row in connection.execute(query)}
    weeks = range(week_of(first), min(week_of(last + LIFE_DAYS - 1), last_closed_week(today)) + 1)
    table = []
    for begins in (first_day_of_week(week) for week in weeks):
        figures = [rows.get((begins, measure, 0), HIDDEN) for measure in PUBLISHED]
        by_band = {band: rows.get((begins, Measure.BOUGHT, band), HIDDEN) for band in range(1, bands + 1)}
        table.append(Week(begins, figures[0], figures[1], figures[2], by_band))
    return table[::-1]


def last_closed_week(today: int) -> int:
    """The newest week that ended GRACE_DAYS before `today` or earlier."""
    return week_of(today - GRACE_DAYS) - 1


def _unreleased(connection: Connection, today: int) -> Iterator[tuple[int, int]]:
    """Campaigns and weeks that are closed, with something counted and nothing released."""
    end = first_day_of_week(last_closed_week(today) + 1)
    days = select(promotions.c.campaign, promotions.c.day).where(promotions.c.day < end).distinct()
    counted = {(campaign, week_of(day)) for campaign, day in connection.execute(days)}
    known = select(releases.c.campaign, releases.c.day).distinct()
    done = {(campaign, week_of(day)) for campaign, day in connection.execute(known)}
    yield from sorted(counted - done)


def _release(connection: Connection, campaign: int, week: int, draw: Draw) -> None:
    begins = first_day_of_week(week)
    rows = [
        {"day": begins, "campaign": campaign, "measure": measure, "band": band, "released": number}
        for (measure, band), number in cells_of(_counted(connection, campaign, begins), draw).items()
    ]
    connection.execute(insert(connection, releases).on_conflict_do_nothing(), rows)


def cells_of(counted: Counter[tuple[int, int]], draw: Draw = secrets.randbelow) -> dict[tuple[int, int], int]:
    """What is published of a week, by measure and band (0: all), made of what was counted by measure and band."""
    totals = {
        (int(measure), 0): publishable(sum(n for (of, _), n in counted.items() if of == measure), draw)
        for measure in PUBLISHED
    }
    bands = {
        (int(measure), band): publishable(n, draw)
        for (measure, band), n in sorted(counted.items())
        if measure == Measure.BOUGHT and 0 < band <= LARGEST_BAND
    }
    return totals | hide_complements(bands)


def _counted(connection: Connection, campaign: int, begins: int) -> Counter[tuple[int, int]]:
    query = (
        select(promotions.c.measure, promotions.c.band, func.sum(promotions.c.happened))
        .where(promotions.c.campaign == campaign, promotions.c.day.between(begins, begins + 6))
        .where(promotions.c.arm.in_([int(arm) for arm in SAW_IT]))
        .group_by(promotions.c.measure, promotions.c.band)
    )
    return Counter({(measure, band): int(times) for measure, band, times in connection.execute(query)})
