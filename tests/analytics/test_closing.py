"""Cells cut by two dimensions are kept only where five visits or more lie in them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.closing import FLOOR, with_floor
from analytics.codes import PAIRS, Channel, Cut, Device, cut_of_pair, source_code
from analytics.reading import Filter, Range
from analytics.reports import Reports
from analytics.store import figure_months, figures, funnel, gap_months, gaps, page_figures, page_months
from analytics.visit import NEW, advance, unseen
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, a_line, at

BAIDU = source_code(Channel.SEARCH, "baidu")
PHONES = [Filter(Cut.DEVICE, Device.PHONE, Device.PHONE)]


MAIL = source_code(Channel.MAIL, "qq-mail")


@pytest.fixture
def three_days_ago(house):
    """From a search engine six visits by phone, seven by desktop and three by television; from mail six by phone and
    two by tablet, one of which looked at a product.
    """
    then = house.now = NOON - 3 * DAY
    came = ((6, Device.PHONE, BAIDU), (7, Device.DESKTOP, BAIDU), (3, Device.OTHER, BAIDU), (6, Device.PHONE, MAIL))
    for number, device, source in came:
        house.append(*[a_line(seconds=then, key="rye", device=device, source=source, step=1) for _ in range(number)])
    house.append(a_line(seconds=then, device=Device.TABLET, source=MAIL))
    house.append(a_line(seconds=then, key="m63s", device=Device.TABLET, source=MAIL, step=1))
    house.fold()
    house.now = NOON
    return house


def rows(house, table, *cuts: int) -> list:
    with house.store.reading() as connection:
        return list(connection.execute(table.select().where(table.c.cut.in_(cuts))))


@pytest.mark.clause("2.10")
def test_a_pair_of_a_day_that_is_over_stays_only_where_it_is_large(three_days_ago):
    house = three_days_ago
    house.fold()
    by_device_and_channel = cut_of_pair(Cut.DEVICE, Cut.CHANNEL)
    assert [(row.a, row.b, row.visits) for row in rows(house, figures, by_device_and_channel)] == [
        (Device.DESKTOP, Channel.SEARCH, 7)
    ]
    assert {(row.a, row.b) for row in rows(house, gaps, by_device_and_channel)} == {(Device.DESKTOP, Channel.SEARCH)}


@pytest.mark.clause("2.10")
@pytest.mark.parametrize("pair", PAIRS)
def test_no_dropped_cell_follows_from_the_sums_of_one_dimension_less_what_is_told(three_days_ago, pair):
    """Of each value of both cuts: what is left over is nothing, five visits or more, or all that the value has."""
    house, told = three_days_ago, Counter()
    house.fold()
    for row in rows(house, figures, cut_of_pair(*pair)):
        told.update({(pair[0], row.a): row.visits, (pair[1], row.b): row.visits})
    for row in rows(house, figures, *pair):
        assert row.visits - told[row.cut, row.a] not in range(1, 5) or not told[row.cut, row.a]


@pytest.mark.clause("2.10")
def test_what_the_only_tablets_of_a_day_looked_at_is_not_kept(three_days_ago):
    house = three_days_ago
    house.fold()
    assert {row.a for row in rows(house, page_figures, Cut.DEVICE)} == {Device.PHONE}
    assert {row.a for row in rows(house, funnel, Cut.DEVICE)} == {Device.PHONE}


@pytest.mark.clause("2.10")
def test_what_one_visitor_looked_at_five_times_is_not_kept_either(house):
    then = house.now = NOON - 3 * DAY
    state, _ = advance(unseen(at(then), 1), a_hit(device=Device.TABLET), at(then))
    again = [a_line(state, seconds=then, key="rye", device=Device.TABLET) for _ in range(5)]
    house.append(a_line(seconds=then, key="rye", device=Device.TABLET), *again)
    for number, device in ((8, Device.DESKTOP), (9, Device.PHONE)):
        house.append(*[a_line(seconds=then, key="rye", device=device) for _ in range(number)])
    house.fold()
    house.now = NOON
    house.fold()
    assert {row.a: row.views for row in rows(house, page_figures, Cut.DEVICE)} == {Device.PHONE: 9}


def test_sums_cut_by_one_dimension_stay_exact(three_days_ago):
    house = three_days_ago
    house.fold()
    reports, days = Reports(house.store, {1: "front"}), Range(TODAY - 3, TODAY)
    assert {name: row.visits for name, row in reports.by(Cut.DEVICE, days).items()} == {
        "phone": 12, "desktop": 7, "other": 3, "tablet": 2
    }  # fmt: skip
    assert {row.value: row.views for row in reports.by_page(days)} == {"front:rye": 22, "front": 1, "front:m63s": 1}
    assert reports.totals(days, PHONES).visitors == 12


def test_while_a_day_lasts_and_on_the_next_one_every_cell_is_there(three_days_ago):
    house, pair = three_days_ago, cut_of_pair(Cut.DEVICE, Cut.MEMBER)
    house.now = NOON - 2 * DAY
    house.fold()
    assert len(rows(house, figures, pair)) == 4
    house.now = NOON - DAY
    house.fold()
    assert len(rows(house, figures, pair)) == 2


@pytest.mark.clause("2.10")
def test_months_hold_of_pairs_what_their_closed_days_kept(three_days_ago):
    house, pair = three_days_ago, cut_of_pair(Cut.DEVICE, Cut.MEMBER)
    assert rows(house, figure_months, pair) == []
    for _ in range(3):
        house.fold()
    assert [(row.a, row.visits) for row in rows(house, figure_months, pair)] == [
        (Device.DESKTOP, 7),
        (Device.PHONE, 12),
    ]
    assert [(row.a, row.visitors, row.last_day) for row in rows(house, gap_months, pair)] == [
        (Device.DESKTOP, 7, 0), (Device.PHONE, 12, 0)
    ]  # fmt: skip
    assert {row.a for row in rows(house, page_months, Cut.DEVICE)} == {Device.PHONE}


def test_a_hit_for_a_closed_day_is_counted_in_sums_of_one_dimension_alone(three_days_ago):
    house = three_days_ago
    house.fold()
    house.append(a_line(seconds=NOON - 3 * DAY, key="m63s", device=Device.TABLET))
    house.fold()
    reports, days = Reports(house.store, {1: "front"}), Range(TODAY - 3, TODAY)
    assert reports.by(Cut.DEVICE, days)["tablet"].visits == 3
    assert {row.value: row.views for row in reports.by_page(days)}["front:m63s"] == 2
    assert reports.by_page(days, [Filter(Cut.DEVICE, Device.TABLET, Device.TABLET)]) == []


def test_a_long_range_of_pairs_is_read_from_closed_months_and_open_days_alike(house):
    for number in reversed(range(0, 75, 3)):
        house.now = NOON - number * DAY
        house.append(*[a_line(seconds=house.now, device=Device.PHONE, source=BAIDU) for _ in range(5)])
        house.fold()
    reports, search = Reports(house.store, {1: "front"}), Filter(Cut.CHANNEL, Channel.SEARCH, Channel.SEARCH)
    for first in range(TODAY - 74, TODAY, 11):
        days = Range(first, TODAY)
        truth = 5 * sum(first <= TODAY - number for number in range(0, 75, 3))
        assert reports.totals(days, [*PHONES, search]).visitors == truth
        assert reports.by_page(days, PHONES)[0].views == truth


def told_from(gap: int, visitors: list[tuple[int, int]]) -> int:
    """Visitors of a range that begins `gap` days before: those who had stayed away for longer."""
    return sum(number for of, number in visitors if of > gap)


@given(st.dictionaries(st.integers(1, 400) | st.just(NEW), st.integers(1, 9), max_size=30))
def test_gaps_are_put_together_so_that_no_row_is_small_and_no_range_tells_one_visitor_too_many(counted):
    visitors = sorted(counted.items(), reverse=True)
    told = list(with_floor(visitors))
    assert all(number >= FLOOR for _, number in told)
    for gap in (0, *counted):
        assert 0 <= told_from(gap, visitors) - told_from(gap, told) < FLOOR


@pytest.mark.clause("2.10")
def test_of_a_closed_day_no_row_of_a_pair_tells_of_fewer_than_five_visitors(house):
    then = house.now = NOON - 3 * DAY
    for gap, number in {1: 3, 2: 4, 9: 1, 30: 2, NEW: 4}.items():
        lines = [a_line(seconds=then, device=Device.PHONE, source=BAIDU) for _ in range(number)]
        house.append(*[line._replace(moved=line.moved._replace(gap=gap)) for line in lines])
    house.fold()
    house.now = NOON
    house.fold()
    by_device_and_channel = cut_of_pair(Cut.DEVICE, Cut.CHANNEL)
    assert [(row.gap, row.visitors) for row in rows(house, gaps, by_device_and_channel)] == [(2, 5), (30, 6)]
    assert {row.gap: row.visitors for row in rows(house, gaps, Cut.DEVICE)} == {1: 3, 2: 4, 9: 1, 30: 2, NEW: 4}
    days, filters = Range(TODAY - 3, TODAY - 3), [*PHONES, Filter(Cut.CHANNEL, Channel.SEARCH, Channel.SEARCH)]
    assert Reports(house.store, {}).totals(days, filters).visitors == 11
