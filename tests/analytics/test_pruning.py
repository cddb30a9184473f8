"""Cells cut by two dimensions are kept only where five visits or more lie in them."""

import pytest

from analytics.codes import Channel, Cut, Device, cut_of_pair, source_code
from analytics.days import first_day_of_month, month_of
from analytics.reading import Filter, Range
from analytics.reports import Reports
from analytics.store import figure_months, figures, funnel, gaps, page_figures
from tests.analytics.builders import DAY, NOON, TODAY, a_line

BAIDU = source_code(Channel.SEARCH, "baidu")
PHONES = [Filter(Cut.DEVICE, Device.PHONE, Device.PHONE)]


@pytest.fixture
def three_days_ago(house):
    """Six visits by phone from a search engine, two by tablet from mail; one of the tablets looked at a product."""
    then = NOON - 3 * DAY
    house.append(*[a_line(seconds=then, key="rye", device=Device.PHONE, source=BAIDU, step=1) for _ in range(6)])
    house.append(a_line(seconds=then, device=Device.TABLET, source=source_code(Channel.MAIL, "qq-mail")))
    house.append(a_line(seconds=then, key="m63s", device=Device.TABLET, source=source_code(Channel.MAIL, "qq-mail")))
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
        (Device.PHONE, Channel.SEARCH, 6)
    ]
    assert {(row.a, row.b) for row in rows(house, gaps, by_device_and_channel)} == {(Device.PHONE, Channel.SEARCH)}


@pytest.mark.clause("2.10")
def test_what_the_only_tablets_of_a_day_looked_at_is_not_kept(three_days_ago):
    house = three_days_ago
    house.fold()
    assert {row.a for row in rows(house, page_figures, Cut.DEVICE)} == {Device.PHONE}
    assert {row.a for row in rows(house, funnel, Cut.DEVICE)} == {Device.PHONE}


def test_sums_cut_by_one_dimension_stay_exact(three_days_ago):
    house = three_days_ago
    house.fold()
    reports, days = Reports(house.store, {1: "front"}), Range(TODAY - 3, TODAY)
    assert {name: row.visits for name, row in reports.by(Cut.DEVICE, days).items()} == {"phone": 6, "tablet": 2}
    assert {row.value: row.views for row in reports.by_page(days)} == {"front:rye": 6, "front": 1, "front:m63s": 1}
    assert reports.totals(days, PHONES).visitors == 6


def test_while_a_day_lasts_and_on_the_next_one_every_cell_is_there(house):
    house.append(a_line(device=Device.TABLET), a_line(seconds=NOON - DAY, device=Device.TABLET))
    house.fold()
    assert len(rows(house, figures, cut_of_pair(Cut.DEVICE, Cut.MEMBER))) == 2


@pytest.mark.clause("2.10")
def test_the_small_cells_of_a_month_go_when_it_is_over(house):
    pair = cut_of_pair(Cut.DEVICE, Cut.MEMBER)
    house.append(*[a_line(seconds=NOON - number * DAY, device=Device.TABLET) for number in range(4)])
    house.fold()
    assert [row.visits for row in rows(house, figure_months, pair)] == [4]
    house.now = NOON + (first_day_of_month(month_of(TODAY) + 1) + 1 - TODAY) * DAY
    house.fold()
    assert rows(house, figure_months, pair) == []


def test_a_month_of_many_small_days_stays(house):
    pair = cut_of_pair(Cut.DEVICE, Cut.MEMBER)
    house.append(*[a_line(seconds=NOON - number * DAY, device=Device.TABLET) for number in range(6)])
    house.now = NOON + 20 * DAY
    house.fold()
    assert rows(house, figures, pair) == []
    assert [row.visits for row in rows(house, figure_months, pair)] == [6]
