"""The made-up crowd goes through the real counting, and its figures are possible ones."""

import pytest

from analytics.codes import Cut, Step
from analytics.days import Days
from analytics.reading import Range
from analytics.reports import Reports
from analytics.simulation import Crowd, Room, simulate
from analytics.store import last_closed
from tests.analytics.builders import NOON, TODAY

KINDS = {"front": 1, "bread": 2, "basket": 3, "till": 4}
ROOMS = (
    Room("front", begins=1, goes=1),
    Room("bread", begins=1, goes=2, step=Step.VIEW),
    Room("basket", 0, 0, Step.CART, way_out=True),
    Room("till", 0, 0, Step.PLACED, way_out=True),
)
SPAN = Range(TODAY - 13, TODAY)


def crowd(seed: int) -> Crowd:
    return Crowd(KINDS, ROOMS, {"bread": ["rye", "spelt"]}, Days("Asia/Shanghai"), visits=30, seed=seed)


def send(house, after: int = 0) -> int:
    """The crowd of two weeks, counted day by day."""
    journal = house.journal()

    def fold_at(seconds: float) -> None:
        house.now = seconds
        house.fold()

    lines = sum(simulate(crowd(3), journal, fold_at, days=14, until=NOON, after=after))
    journal.close()
    house.fold()
    return lines


@pytest.fixture
def counted(house):
    lines = send(house)
    return lines, house, Reports(house.store, {number: name for name, number in KINDS.items()})


def test_every_made_up_view_is_counted_by_the_real_code(counted):
    lines, house, reports = counted
    found = reports.totals(SPAN)
    assert found.views + sum(reports.left_out(SPAN).values()) - _no_cookies(reports) == lines
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
    assert {row.value for row in reports.by_page(SPAN)} == {"front", "bread:rye", "bread:spelt", "basket", "till"}
    assert {"desktop", "phone", "tablet"} == set(reports.by(Cut.DEVICE, SPAN))


def test_the_same_crowd_sent_again_finds_its_days_closed_or_its_tickets_known(counted):
    lines, house, reports = counted
    before = reports.totals(SPAN)
    with house.store.reading() as connection:
        closed = last_closed(connection)
    assert closed == TODAY - 2
    assert 0 < send(house, after=closed) < lines / 3
    assert reports.totals(SPAN) == before
