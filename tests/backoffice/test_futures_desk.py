"""The desk of futures: who owes a balance, what we owe for delay, and why goods may not leave yet."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.foundation.clock import Clock
from app.foundation.database import db
from tests.backoffice.builders import Desk
from tests.orders.test_futures import BEFORE, as_it_stands, futures, ordered
from tests.payments.builders import pay


@pytest.fixture(autouse=True)
def in_november(clock: Clock) -> None:
    clock.freeze(BEFORE)


def test_balances_stand_on_the_desk_and_an_overdue_one_on_the_first_page(app: Flask, clock: Clock):
    order = ordered(futures(1000))
    pay(order, order.deposit)
    desk = Desk(app, "clerk")
    page = desk.get("/futures").get_data(as_text=True)
    assert order.spoken_number in page and "2027-02-22" in page and "overdue" not in page
    clock.freeze(datetime(2027, 2, 22, 16, tzinfo=UTC))
    later = Desk(app, "clerk")
    assert "<strong>overdue</strong>" in later.get("/futures").get_data(as_text=True)
    assert '<span class="desk-tasks__count">1</span> Balances overdue' in later.get("").get_data(as_text=True)


def test_what_late_shipping_costs_is_listed(app: Flask, clock: Clock):
    order = ordered(futures(100_000))
    pay(order)
    clock.freeze(datetime(2027, 4, 14, 16, tzinfo=UTC))
    page = Desk(app, "clerk").get("/futures").get_data(as_text=True)
    assert order.spoken_number in page and '¥250<span class="money__fen">.00' in page and "not yet" in page


def test_where_the_balance_is_missing_the_desk_says_so_in_place_of_the_parcel(app: Flask):
    order = ordered(futures())
    pay(order, order.deposit)
    desk = Desk(app, "clerk")
    page = desk.get(f"/orders/{order.number}").get_data(as_text=True)
    assert "The balance is not paid yet" in page and "A parcel leaves" not in page
    fields = {"carrier": "sf", "tracking_number": "SF1234567890"}
    line = order.parts[0].lines[0]
    refused = desk.post(f"/orders/{order.number}/parts/1/shipment", "ShipForm", fields, "part1-")
    assert refused.status_code in (409, 422) and db.session.get_one(type(line), line.id).shipped == 0
    pay(order, as_it_stands(order).due_now)
    assert "A parcel leaves" in desk.get(f"/orders/{order.number}").get_data(as_text=True)


def test_the_desk_of_futures_asks_as_many_queries_for_many_orders_as_for_one(app: Flask, clock: Clock):
    from tests.backoffice.test_orders_desk import queries_of

    made = [ordered(futures(100_000)) for _ in range(2)]
    for order in made:
        pay(order)
    clock.freeze(datetime(2027, 4, 14, 16, tzinfo=UTC))
    desk = Desk(app, "clerk")
    desk.get("/futures")
    few = queries_of(lambda: desk.get("/futures"))
    clock.freeze(BEFORE)
    for _ in range(4):
        pay(ordered(futures(100_000)))
    clock.freeze(datetime(2027, 4, 14, 16, 1, tzinfo=UTC))
    assert queries_of(lambda: desk.get("/futures")) == few
