"""The desk of unusual orders: each with its reasons in words, released or refused once. Clause 2.4."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.foundation.database import db
from app.foundation.money import Money
from app.orders.models import Order
from tests.backoffice.builders import Desk
from tests.backoffice.test_orders_desk import queries_of
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.stock.builders import a_stocked_sku


@pytest.fixture(autouse=True)
def from_a_thousand_yuan(app: Flask) -> Iterator[None]:
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, unusual_order_from=1000)
    yield
    app.extensions["settings"] = kept


def an_unusual_order() -> Order:
    return an_order(a_stocked_sku(5, price=Money.yuan(2000))[0])


def press(desk: Desk, order: Order, what: str, button: str):
    return desk.post(f"/orders/{order.number}/{what}", f"unusual.{button}")


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(("lang", "why"), [("en", "High amount"), ("zh-cn", "金额较大")])
def test_the_desk_says_why_an_order_waits_in_both_languages(app: Flask, lang: str, why: str):
    order, desk = an_unusual_order(), Desk(app, "clerk")
    for path in ("/unusual", f"/orders/{order.number}"):
        page = desk.get(path, lang).text
        assert order.spoken_number in page and why in page
    assert ">1</span>" in desk.get("", lang).text


def test_releasing_lets_the_parcel_form_appear(app: Flask):
    order, desk = an_unusual_order(), Desk(app, "clerk")
    pay(order)
    assert "A parcel leaves" not in desk.get(f"/orders/{order.number}").text
    assert press(desk, order, "release", "release").status_code == 303
    assert "A parcel leaves" in desk.get(f"/orders/{order.number}").text
    assert "No order waits for a look." in desk.get("/unusual").text


def test_a_refused_paid_order_stays_listed_until_its_money_is_back(app: Flask):
    order, desk = an_unusual_order(), Desk(app, "clerk")
    pay(order)
    assert press(desk, order, "refusal", "refuse").status_code == 303
    page = desk.get("/unusual").text
    assert "Refused, the money has still to go back" in page and order.spoken_number in page


def test_two_clerks_decide_once(app: Flask):
    order, one, other = an_unusual_order(), Desk(app, "clerk"), Desk(app, "clerk")
    assert press(one, order, "release", "release").status_code == 303
    late = press(other, order, "refusal", "refuse")
    assert late.status_code == 409 and "does not wait for a check" in late.text
    assert db.session.get_one(Order, order.id, populate_existing=True).state == "awaiting_payment"


def test_a_form_sent_twice_is_answered_once(app: Flask):
    order, desk = an_unusual_order(), Desk(app, "clerk")
    fields = {"form_token": desk.token("unusual.release")}
    answers = [desk.client.post(f"/en/desk/orders/{order.number}/release", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_the_desk_asks_as_many_queries_for_many_orders_as_for_one(app: Flask):
    desk = Desk(app, "clerk")
    pay(an_unusual_order())
    desk.get("/unusual")
    few = queries_of(lambda: desk.get("/unusual"))
    for _ in range(4):
        an_unusual_order()
    assert queries_of(lambda: desk.get("/unusual")) == few
