"""The shop's own day totals beside the beacon's figures."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.codes import ShopMeasure
from analytics.days import number_of
from analytics.reading import Range
from analytics.store import shop_days
from app.foundation.clock import SHANGHAI, Clock, now, today
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.telling import tell_past_days, tell_today
from tests.checkout.builders import an_order


@pytest.mark.clause("2.9")
def test_orders_of_the_day_are_told_as_sums_and_telling_again_changes_nothing(app: Flask, house):
    orders = [an_order(), an_order()]
    for _ in range(3):
        tell_today()
    found = house.reports.totals(Range(house.today(), house.today()))
    assert (found.orders, found.amount) == (2, sum(order.total.fen for order in orders))


def test_a_change_is_told_and_past_days_are_caught_up(app: Flask, house, clock: Clock):
    clock.freeze(datetime(2026, 11, 2, 12, tzinfo=SHANGHAI))
    early = an_order()
    clock.travel(days=20)
    cancel(early.id, Actor("buyer", 1), now())
    tell_today()
    assert house.reports.totals(Range(number_of(today()) - 30, number_of(today()))).orders == 0
    tell_past_days()
    with house.store.reading() as connection:
        rows = {(row.day, row.measure): (row.orders, row.amount) for row in connection.execute(select(shop_days))}
    placed_on = number_of(today() - timedelta(days=20))
    assert rows == {
        (placed_on, ShopMeasure.PLACED): (1, early.total.fen),
        (number_of(today()), ShopMeasure.CANCELLED): (1, early.total.fen),
    }
