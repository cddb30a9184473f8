"""What who pays for a promotion may read: closed weeks, one fixed table, released once. Clause 4.1.3(3).

When a week has been over for a day its numbers are made publishable (disclosure.py) and stored; nobody reads anything
else, so asking again shows the same numbers and no other question can be asked. Hits that come later, after a long
outage, are in the counters and in no release.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from analytics.codes import Cut, Device
from analytics.days import first_day_of_week, week_of
from analytics.disclosure import HIDDEN, Draw, hide_complements, publishable
from analytics.place import place_key
from analytics.promotion import COUNTRIES, LIFE_DAYS, OF_NO_CAMPAIGN, OTHER_COUNTRY, SAW_IT, Measure
from analytics.store import Store, audience_releases, insert, promotion_audience, promotions, releases

GRACE_DAYS = 1
PUBLISHED = (Measure.REACHED, Measure.CLICKED, Measure.BOUGHT)
DEVICES = {device.name.lower(): int(device) for device in Device}
MEMBERS = {"member": 1, "guest": 0}
RETURNING = {"new": 0, "returning": 1}
_CLOSED_LISTS = {Cut.DEVICE: DEVICES, Cut.MEMBER: MEMBERS, Cut.RETURNING: RETURNING}
_PLACES = (*COUNTRIES.values(), OTHER_COUNTRY)
_VALUES = {**{cut: tuple(names.values()) for cut, names in _CLOSED_LISTS.items()}, Cut.PLACE: _PLACES}
"""The values that a week always has, with somebody or not."""


class Week(NamedTuple):
    """One row of the table. `begins` is a day number; HIDDEN stands for fewer than the floor, perhaps none.

    The last four part the reached; `places` holds countries by their two letters, "" for any that is not listed, and
    none that is hidden.
    """

    begins: int
    reached: int
    clicked: int
    bought: int
    bands: dict[int, int]
    devices: dict[str, int]
    members: dict[str, int]
    returning: dict[str, int]
    places: dict[str, int]


def release_closed_weeks(store: Store, today: int, bands: int, draw: Draw = secrets.randbelow) -> int:
    """Release what is closed and not released yet; how many weeks of campaigns that were. Safe to run twice at once.

    `bands` is how many bands of amounts there are.
    """
    with store.reading() as connection:
        if not list(_unreleased(connection, today)):
            return 0
    with store.writing() as connection:
        found = list(_unreleased(connection, today))
        for campaign, week in found:
            _release(connection, campaign, week, bands, draw)
    return len(found)


def released_weeks(store: Store, campaign: int, first: int, last: int, today: int, bands: int) -> list[Week]:
    """The rows of a campaign that ran from day `first` to `last`: every closed week in which something may have
    happened, newest first, each with all its bands from 1. A week without any release looks like one with nothing.
    """
    numbers = select(releases).where(releases.c.campaign == campaign)
    parts = select(audience_releases).where(audience_releases.c.campaign == campaign)
    with store.reading() as connection:
        rows = {(row.day, row.measure, row.band): int(row.released) for row in connection.execute(numbers)}
        cells = {(row.day, row.cut, row.a): int(row.released) for row in connection.execute(parts)}
    weeks = range(week_of(first), min(week_of(last + LIFE_DAYS - 1), last_closed_week(today)) + 1)
    table = []
    for begins in (first_day_of_week(week) for week in weeks):
        figures = [rows.get((begins, measure, 0), HIDDEN) for measure in PUBLISHED]
        by_band = {band: rows.get((begins, Measure.BOUGHT, band), HIDDEN) for band in range(1, bands + 1)}
        audience = {(cut, value): number for (day, cut, value), number in cells.items() if day == begins}
        table.append(Week(begins, figures[0], figures[1], figures[2], by_band, *_named(audience)))
    return table[::-1]


def _named(audience: Mapping[tuple[int, int], int]) -> Iterator[dict[str, int]]:
    """The parts of a week by device, member, returning, and place (the most first), by the names of their values."""
    for cut, names in _CLOSED_LISTS.items():
        yield {name: audience.get((cut, value), HIDDEN) for name, value in names.items()}
    shown = {place_key(value): n for (cut, value), n in audience.items() if cut == Cut.PLACE and n != HIDDEN}
    yield dict(sorted(shown.items(), key=lambda place: (-place[1], place[0])))


def last_closed_week(today: int) -> int:
    """The newest week that ended GRACE_DAYS before `today` or earlier."""
    return week_of(today - GRACE_DAYS) - 1


def _unreleased(connection: Connection, today: int) -> Iterator[tuple[int, int]]:
    """Campaigns and weeks that are closed, with something counted and nothing released."""
    end = first_day_of_week(last_closed_week(today) + 1)
    of_one = promotions.c.campaign != OF_NO_CAMPAIGN
    days = select(promotions.c.campaign, promotions.c.day).where(promotions.c.day < end, of_one).distinct()
    counted = {(campaign, week_of(day)) for campaign, day in connection.execute(days)}
    known = select(releases.c.campaign, releases.c.day).distinct()
    done = {(campaign, week_of(day)) for campaign, day in connection.execute(known)}
    yield from sorted(counted - done)


def _release(connection: Connection, campaign: int, week: int, bands: int, draw: Draw) -> None:
    begins = first_day_of_week(week)
    rows = [
        {"day": begins, "campaign": campaign, "measure": measure, "band": band, "released": number}
        for (measure, band), number in cells_of(_counted(connection, campaign, begins), bands, draw).items()
    ]
    connection.execute(insert(connection, releases).on_conflict_do_nothing(), rows)
    parts = [
        {"day": begins, "campaign": campaign, "cut": cut, "a": value, "released": number}
        for (cut, value), number in audience_cells_of(_audience(connection, campaign, begins), draw).items()
    ]
    connection.execute(insert(connection, audience_releases).on_conflict_do_nothing(), parts)


def cells_of(
    counted: Counter[tuple[int, int]], bands: int, draw: Draw = secrets.randbelow
) -> dict[tuple[int, int], int]:
    """What is published of a week, by measure and band (0: all), made of what was counted by measure and band.

    A band in which nobody bought is treated like one in which a few did, so that one buyer changes nothing.
    """
    totals = {
        (int(measure), 0): publishable(sum(n for (of, _), n in counted.items() if of == measure), draw)
        for measure in PUBLISHED
    }
    bought = int(Measure.BOUGHT)
    parts = {(bought, band): publishable(counted[bought, band], draw) for band in range(1, bands + 1)}
    return totals | hide_complements(parts)


def audience_cells_of(counted: Counter[tuple[int, int]], draw: Draw = secrets.randbelow) -> dict[tuple[int, int], int]:
    """What is published of those whom a campaign reached in a week, by cut and value, made of what was counted so.

    A value that nobody had is treated like one that a few had.
    """
    found: dict[tuple[int, int], int] = {}
    for cut, values in _VALUES.items():
        found |= hide_complements({(int(cut), value): publishable(counted[cut, value], draw) for value in values})
    return found


def _counted(connection: Connection, campaign: int, begins: int) -> Counter[tuple[int, int]]:
    query = (
        select(promotions.c.measure, promotions.c.band, func.sum(promotions.c.happened))
        .where(promotions.c.campaign == campaign, promotions.c.day.between(begins, begins + 6))
        .where(promotions.c.arm.in_([int(arm) for arm in SAW_IT]))
        .group_by(promotions.c.measure, promotions.c.band)
    )
    return Counter({(measure, band): int(times) for measure, band, times in connection.execute(query)})


def _audience(connection: Connection, campaign: int, begins: int) -> Counter[tuple[int, int]]:
    query = (
        select(promotion_audience.c.cut, promotion_audience.c.a, func.sum(promotion_audience.c.happened))
        .where(promotion_audience.c.campaign == campaign, promotion_audience.c.day.between(begins, begins + 6))
        .group_by(promotion_audience.c.cut, promotion_audience.c.a)
    )
    return Counter({(cut, value): int(times) for cut, value, times in connection.execute(query)})
