"""Days and hours of any time zone, also where clocks are put forward and back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.days import Days, number_of
from analytics.tally import Tally
from analytics.visit import Moment, advance, unseen
from tests.analytics.builders import a_hit

QUARTER = 900
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/Havana",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
)
"""Havana's and Santiago's clocks change at midnight, Lord Howe's by half an hour."""


@pytest.mark.parametrize("zone", ZONES)
def test_day_and_hour_are_those_of_the_clock_on_the_wall_at_every_quarter_of_a_year(zone):
    days, begin = Days(zone), int(datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp())
    for seconds in range(begin, begin + 366 * 86_400, QUARTER):
        wall = datetime.fromtimestamp(seconds + 17, ZoneInfo(zone))
        assert (days.of(seconds + 17), days.hour_of(seconds + 17)) == (number_of(wall.date()), wall.hour)


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_begins_where_the_one_before_it_ends(zone):
    days, first = Days(zone), number_of(datetime(2026, 1, 1).date())
    for day in range(first, first + 366):
        start = days.start_of(day)
        assert (days.of(start - 1), days.of(start)) == (day - 1, day)


@pytest.mark.parametrize("date", [(2026, 3, 28), (2026, 10, 24), (2026, 12, 31), (2026, 2, 28)])
def test_a_visit_over_midnight_has_its_true_seconds_and_belongs_to_the_day_on_which_it_began(date):
    """Through the night in which clocks change, over the end of a month and of a year."""
    days, tally, state = Days("Europe/Berlin"), Tally(), None
    begin = int(datetime(*date, 23, 50, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    for seconds in range(begin, begin + 5 * 3600 + 1, 1200):
        now = Moment(seconds, days.of(seconds), days.hour_of(seconds))
        state, moved = advance(state or unseen(now, 1), a_hit(), now)
        tally.book(moved)
    first = days.of(begin)
    assert {day: (n[1], n[2], n[4]) for (day, cut, *_), n in tally.figures.items() if cut == 0} == {
        first: (16, 1, 5 * 3600), first + 1: (0, 0, 0)
    }  # fmt: skip
    assert {(key[0], key[-1]): n for key, n in tally.visitor_gaps.items() if key[1] == 0} == {
        (first, 9999): 1, (first + 1, 1): 1
    }  # fmt: skip
