"""Retention, rhythm, products, orders by source, pages that were not found."""

import pytest

from analytics.codes import Channel, Cut, Mark, ProductMeasure, page_code, source_code
from analytics.conversions import orders_by_source
from analytics.days import week_of
from analytics.missing_pages import NotFound, pages_not_found
from analytics.products import Product, products, tell_products
from analytics.pulse import Lately, by_hour, lately
from analytics.reading import Filter, Range
from analytics.retention import Cohort, ReturnGaps, retention, return_gaps
from analytics.visit import advance, memory_used, unseen
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, a_line, at

WEEK = week_of(TODAY)
BAIDU, BING = source_code(Channel.SEARCH, "baidu"), source_code(Channel.SEARCH, "bing")


def a_life(house, *days_ago: int, **hit) -> None:
    """One browser's pages at noon of these days."""
    state = None
    for ago in days_ago:
        now = at(NOON - ago * DAY)
        hit_now = a_hit(**hit)
        before = state or unseen(now, hit_now.fresh)
        state, moved = advance(before, hit_now, now)
        house.append(a_line(moved=moved, memory=memory_used(before)))
    house.fold()


@pytest.mark.clause("3.2(1)a")
def test_browsers_are_followed_by_the_week_of_their_first_visit(house):
    a_life(house, 21, 20, 7, 0)
    a_life(house, 21)
    a_life(house, 0)
    assert retention(house.store, WEEK - 3, WEEK) == [
        Cohort(WEEK - 3, [2, 0, 1, 1]),
        Cohort(WEEK - 2, [0, 0, 0]),
        Cohort(WEEK - 1, [0, 0]),
        Cohort(WEEK, [1]),
    ]


def test_the_days_that_browsers_stayed_away_are_told(house):
    a_life(house, 60, 20, 13, 12, 12)
    a_life(house, 5, device=2)
    days = Range(TODAY - 70, TODAY)
    assert return_gaps(house.store, days) == ReturnGaps(new=2, next_day=1, within_week=1, within_month=0, later=1)
    assert return_gaps(house.store, days, [Filter(Cut.DEVICE, 2, 2)]) == ReturnGaps(1, 0, 0, 0, 0)


def test_hours_of_the_day_are_summed_over_days(house):
    a_life(house, 2, 1, 0)
    house.append(a_line(seconds=NOON + 3600 * 3))
    house.fold()
    hours = by_hour(house.store, Range(TODAY - 5, TODAY))
    assert len(hours) == 24
    assert (hours[12].views, hours[12].visits) == (3, 3)
    assert (hours[15].views, hours[15].visits, hours[3].views) == (1, 1, 0)


@pytest.mark.clause("2.10")
def test_the_last_minutes_are_known_and_older_ones_forgotten(house):
    for minutes_ago in (40, 20, 4, 0):
        house.now = NOON - minutes_ago * 60
        house.append(a_line())
        house.fold()
    assert lately(house.store, NOON) == Lately(five_minutes=2, thirty_minutes=3)
    assert lately(house.store, NOON + 10 * 60) == Lately(five_minutes=0, thirty_minutes=2)
    with house.store.reading() as connection:
        assert len(connection.exec_driver_sql("SELECT * FROM minutes").all()) == 3


def test_a_product_is_seen_put_into_the_cart_and_placed(house):
    seen = a_line(key="s19-pro")
    sold_out = a_line(key="m63s", mark=Mark.OUT_OF_STOCK)
    house.append(seen, a_line(key="s19-pro"), sold_out)
    _, moved = advance(unseen(at(NOON), 1), a_hit(page=page_code(3)), at(NOON))
    house.append(a_line(moved=moved, key="s19-pro", mark=Mark.IN_CART))
    house.fold()
    for placed in (4, 1):
        tell_products(house.store, TODAY, 1, ProductMeasure.PLACED, [("s19-pro", placed)])
    tell_products(house.store, TODAY, 1, ProductMeasure.PRICE_CHANGED, [("m63s", 1)])
    found = products(house.store, Range(TODAY, TODAY), kind=1)
    assert found == [
        Product("s19-pro", views=2, in_cart=1, placed=1),
        Product("m63s", views=1, out_of_stock=1, prices=(TODAY,)),
    ]
    assert found[0].conversion == 0.5


def test_the_cart_stays_one_page_whatever_was_put_into_it(site):
    """Its ticket names the thing; the page that is counted is the cart."""
    app, analytics = site
    surfer = Surfer(app)
    surfer.opens("/basket?added=rye")
    analytics.fold()
    assert [row.value for row in analytics.reports.by_page(Range(TODAY, TODAY))] == ["basket"]
    assert products(analytics.store, Range(TODAY, TODAY), kind=2) == [Product("rye", in_cart=1)]


def test_orders_are_told_by_the_source_of_their_visit_and_of_the_first_one(house):
    now, later = at(NOON - DAY), at(NOON)
    state, _ = advance(unseen(now, 1), a_hit(source=BAIDU), now)
    _, moved = advance(state, a_hit(source=BING), later)
    house.append(a_line(moved=moved, band=3))
    house.fold()
    days = Range(TODAY - 2, TODAY)
    (last,), (first,) = orders_by_source(house.store, days), orders_by_source(house.store, days, "first_source")
    assert (last.channel, last.source, last.bands, last.orders) == ("search", "bing", {3: 1}, 1)
    assert (first.source, first.bands) == ("baidu", {3: 1})


@pytest.mark.clause("1.2.1(4)")
def test_an_address_that_leads_nowhere_is_told_by_its_group_and_what_led_there(house):
    _, moved = advance(unseen(at(NOON), 1), a_hit(source=BAIDU), at(NOON))
    house.append(a_line(moved=moved, key="404-products", mark=Mark.NOT_FOUND))
    house.append(a_line(key="404-products", mark=Mark.NOT_FOUND), a_line(key="404-products", mark=Mark.NOT_FOUND))
    house.fold()
    assert pages_not_found(house.store, Range(TODAY, TODAY)) == [
        NotFound("404-products", "direct", "", 2),
        NotFound("404-products", "search", "baidu", 1),
    ]
