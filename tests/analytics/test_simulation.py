"""The made-up crowd goes through the real counting, and its figures are possible ones."""

import pytest

from analytics.codes import Cut, Mark, Step, Way
from analytics.conversions import orders_by_source
from analytics.days import Days
from analytics.journal import HitLine, LeavingLine, LeftOutLine
from analytics.missing_pages import pages_not_found
from analytics.outbound import followed, times_in_view
from analytics.performance import load_times, times
from analytics.products import products
from analytics.reading import Range
from analytics.reports import Reports
from analytics.simulation import Crowd, Room, simulate
from analytics.store import last_closed
from tests.analytics.builders import NOON, TODAY

KINDS = {"front": 1, "bread": 2, "basket": 3, "till": 4, "lost": 5}
ROOMS = (
    Room("front", begins=1, goes=1),
    Room("bread", begins=1, goes=2, step=Step.VIEW),
    Room("lost", begins=0.1, goes=0, mark=Mark.NOT_FOUND),
    Room("basket", 0, 0, Step.CART, way_out=True),
    Room("till", 0, 0, Step.PLACED, way_out=True),
)
BREADS = ("rye", "spelt", "oat", "corn", "wheat", "barley")
SPAN = Range(TODAY - 13, TODAY)


def crowd(seed: int, visits: int = 30, **over) -> Crowd:
    keys = {"bread": BREADS, "lost": ["lost-bread"]}
    return Crowd(KINDS, ROOMS, keys, Days("Asia/Shanghai"), visits=visits, seed=seed, **over)


def send(house, after: int = 0, **over) -> int:
    """The crowd of two weeks, counted day by day."""
    journal = house.journal()

    def fold_at(seconds: float) -> None:
        house.now = seconds
        house.fold()

    lines = sum(simulate(crowd(3, **over), journal, fold_at, days=14, until=NOON, after=after))
    journal.close()
    house.fold()
    return lines


@pytest.fixture
def counted(house):
    lines = send(house)
    return lines, house, Reports(house.store, {number: name for name, number in KINDS.items()})


def test_every_made_up_view_is_counted_by_the_real_code(counted):
    _, house, reports = counted
    found = reports.totals(SPAN)
    same = crowd(3)
    lines = [line for day in range(TODAY - 13, TODAY + 1) for line in same.lines_of(day, NOON)]
    assert found.views == sum(isinstance(line, HitLine) for line in lines)
    assert sum(reports.left_out(SPAN).values()) - _no_cookies(reports) == sum(
        isinstance(line, LeftOutLine) for line in lines
    )
    assert 300 < found.visits < 450
    assert found.bounces < found.visits <= found.pages <= found.views
    assert found.visitors < found.visits


def _no_cookies(reports: Reports) -> int:
    """These are counted as views and stand among what is left out as well."""
    from analytics.codes import LeftOut

    return reports.left_out(SPAN).get(LeftOut.NO_COOKIES, 0)


def test_nothing_lies_after_the_present_moment_or_before_the_first_day(counted):
    _, house, reports = counted
    days = reports.by_day(Range(TODAY - 20, TODAY + 2))
    assert [day for day, row in days.items() if row.views] == list(range(TODAY - 13, TODAY + 1))
    assert days[TODAY].views < days[TODAY - 1].views


def test_the_crowd_walks_towards_the_till_and_opens_pages_that_exist(counted):
    _, _, reports = counted
    steps = reports.steps(SPAN)
    assert steps[Step.VIEW] > steps[Step.CART] > steps[Step.PLACED] > 0
    assert {row.value for row in reports.by_page(SPAN)} == {
        *("front", "basket", "till", "lost:lost-bread"),
        *(f"bread:{bread}" for bread in BREADS),
    }
    assert {"desktop", "phone", "tablet"} == set(reports.by(Cut.DEVICE, SPAN))


def test_the_same_crowd_sent_again_finds_its_days_closed_or_its_tickets_known(counted):
    lines, house, reports = counted
    before = reports.totals(SPAN)
    with house.store.reading() as connection:
        closed = last_closed(connection)
    assert closed == TODAY - 2
    assert 0 < send(house, after=closed) < lines / 3
    assert reports.totals(SPAN) == before


def test_pages_tell_how_they_were_left_and_how_long_they_took(counted):
    _, house, reports = counted
    told, views = times_in_view(house.store, SPAN), reports.totals(SPAN).views
    hits, seconds = sum(each.hits for each in told.values()), sum(each.seconds for each in told.values())
    assert views * 0.9 < hits < views and 5 < seconds / hits < 60
    names = {number: name for name, number in KINDS.items()}
    assert sum(each.answers for each in times(house.store, *SPAN, names).values()) == views
    assert sum(each.answers for each in load_times(house.store, *SPAN, names).values()) == hits
    assert all(followed(house.store, SPAN, way, names) for way in Way)


def test_things_are_sold_out_for_some_days_and_addresses_lead_nowhere(counted):
    _, house, _ = counted
    things = {row.key: row for row in products(house.store, SPAN, KINDS["bread"])}
    assert sum(row.in_cart for row in things.values()) > 0
    assert all(row.out_of_stock < row.views for row in things.values())
    assert any(row.out_of_stock for row in things.values())
    assert {row.group for row in pages_not_found(house.store, SPAN)} == {"lost-bread"}


def test_no_more_orders_are_placed_than_the_site_knows_and_of_their_bands(house):
    send(house, placed={TODAY - 9: [4, 4], TODAY - 2: [2]})
    found = orders_by_source(house.store, SPAN)
    assert 0 < sum(row.orders for row in found) <= 3
    assert {band for row in found for band in row.bands} <= {2, 4}
    assert orders_by_source(house.store, Range(TODAY - 8, TODAY - 3)) == []


def test_some_come_by_registered_links_and_none_where_there_are_none(house):
    send(house, campaigns=[7, 9])
    by_link = Reports(house.store, {}).by(Cut.CAMPAIGN, SPAN)
    assert {"7", "9"} < set(by_link) and by_link["none"].visits > by_link["7"].visits


def test_a_page_left_after_the_present_moment_has_told_nothing():
    told = [line for line in crowd(3, visits=200).lines_of(TODAY, NOON - 9 * 3600) if isinstance(line, LeavingLine)]
    assert told and all(line.day == TODAY for line in told)
