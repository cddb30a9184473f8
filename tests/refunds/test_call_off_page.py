"""The buyer calls off what has not left, on the order's page. Clause 1.1.5a."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.lifecycle import ONLINE
from app.orders.models import Order
from app.orders.telling import tell_days
from app.refunds.day_totals import refunded_on
from app.refunds.models import Refund
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import an_order
from tests.checkout.pages import hidden_fields
from tests.payments.builders import pay
from tests.refunds.builders import approved, line_of, send_back, standing
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku

ACCOUNT = {"account_name": "上海云算力", "account_bank": "测试银行", "account_number": "6222 0000 1111 2222"}


@pytest.fixture
def order(buyer: Account) -> Order:
    order = an_order(a_stocked_sku(price=Money.yuan("100.00"))[0], quantity=3, account=buyer)
    pay(order)
    return standing(order)


def call_off(client: FlaskClient, order: Order, units: str = "2", lang: str = "en", **said: str) -> Any:
    """Fill in the form and send it."""
    path = f"/{lang}/orders/{order.number}/refund"
    fields = hidden_fields(client.get(path).text, "")
    wanted = {f"units{order.lines[0].id}": units, "reason": "mistake", **ACCOUNT, **said}
    return client.post(path, data={**fields, **wanted})


@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_buyer_calls_off_units_and_follows_the_refund_on_the_order(client: FlaskClient, order: Order, lang: str):
    answer = call_off(client, order, lang=lang)
    assert answer.status_code == 303 and "done=refund_asked" in answer.headers["Location"]
    refund = db.session.scalars(select(Refund)).one()
    assert (refund.amount, refund.asked_as, line_of(order).to_ship) == (Money.yuan("200.00"), "buyer", 1)
    page = client.get(answer.headers["Location"])
    assert refund.spoken_number in page.text and page.status_code == 200
    send_back(approved(refund))
    page = client.get(f"/{lang}/orders/{order.number}").text
    assert refund.payouts[0].reference in page


def test_with_all_units_the_freight_goes_back_too(client: FlaskClient, order: Order):
    call_off(client, order, "3")
    assert db.session.scalars(select(Refund)).one().amount == order.total


def test_a_request_may_be_taken_back_until_it_is_decided(client: FlaskClient, order: Order):
    call_off(client, order)
    refund = db.session.scalars(select(Refund)).one()
    action = f"/en/orders/{order.number}/refunds/{refund.number}/withdrawal"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}").text, action)
    assert "done=refund_withdrawn" in client.post(action, data=fields).headers["Location"]
    assert "done=refund_withdrawn" in client.post(action, data=fields).headers["Location"]
    assert line_of(order).to_ship == 3 and action not in client.get(f"/en/orders/{order.number}").text


def test_what_is_approved_is_not_taken_back(client: FlaskClient, order: Order):
    call_off(client, order)
    refund = db.session.scalars(select(Refund)).one()
    action = f"/en/orders/{order.number}/refunds/{refund.number}/withdrawal"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}").text, action)
    approved(refund)
    assert "done=order_moved" in client.post(action, data=fields).headers["Location"]
    assert "done=stale" in client.post(action).headers["Location"]


@pytest.mark.parametrize("said", [
    {"units": "4"}, {"units": "x"}, {"units": "-1"}, {"units": "0"}, {"reason": "whim"}, {"account_number": ""},
    {"account_number": "12"}, {"account_name": ""}, {"account_bank": "\u202e"}, {"units": "9" * 40},
])  # fmt: skip
def test_a_wrong_entry_is_named_and_what_was_typed_stays(client: FlaskClient, order: Order, said: dict[str, str]):
    answer = call_off(client, order, **said)
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert ACCOUNT["account_bank"] in answer.text or "account_bank" in said
    assert db.session.scalars(select(Refund)).all() == []


def test_the_form_sent_twice_asks_once(client: FlaskClient, order: Order):
    path = f"/en/orders/{order.number}/refund"
    fields = {
        **hidden_fields(client.get(path).text, ""),
        f"units{order.lines[0].id}": "1",
        "reason": "other",
        **ACCOUNT,
    }
    answers = [client.post(path, data=fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len(db.session.scalars(select(Refund)).all()) == 1


def test_no_account_is_asked_for_where_the_institution_gives_the_money_back(client: FlaskClient, buyer: Account):
    order = an_order(account=buyer, method=ONLINE)
    pay(order)
    assert "account_number" not in client.get(f"/en/orders/{order.number}/refund").text


def test_what_has_left_is_not_called_off(client: FlaskClient, order: Order):
    path = f"/en/orders/{order.number}/refund"
    fields = {
        **hidden_fields(client.get(path).text, ""),
        f"units{order.lines[0].id}": "1",
        "reason": "other",
        **ACCOUNT,
    }
    send_all(order)
    assert "data-submit-once" not in client.get(path).text.split("<main")[1]
    assert path not in client.get(f"/en/orders/{order.number}").text
    assert client.post(path, data=fields).status_code == 422


@pytest.mark.clause("5.1.1a")
def test_the_order_of_somebody_else_is_as_good_as_none(app: Flask, client: FlaskClient, order: Order):
    call_off(client, order)
    refund = db.session.scalars(select(Refund)).one()
    stranger = signed_in(app.test_client(), an_account())
    for path in ("refund", f"refunds/{refund.number}/withdrawal"):
        assert stranger.post(f"/en/orders/{order.number}/{path}").status_code == 404
    assert client.post(f"/en/orders/{order.number}/refunds/482109375562/withdrawal").status_code == 404


@pytest.mark.clause("2.9")
def test_the_counting_house_is_told_what_went_back_on_a_day(client: FlaskClient, order: Order):
    an_order()
    call_off(client, order)
    an_order()  # another order changes nothing of what went back
    send_back(approved(db.session.scalars(select(Refund)).one()))
    assert refunded_on(db.session(), today()) == (1, Money.yuan("200.00"))
    tell_days(today(), today())
