"""A buyer's orders: tabs, one order, its buttons; for everybody else there is no such order. Clauses 1.1.3c, 5.1.1a."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.lifecycle import CANCELLED, COMPLETED, Actor
from app.orders.models import Order
from app.orders.numbers import new_order_number
from app.orders.queries import own_order
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.catalog.builders import a_service
from tests.checkout.builders import an_order
from tests.checkout.pages import hidden_fields
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku, level_of

FINANCE = Actor("finance", 1)

EVERY_ADDRESS = ["", "/cancellation", "/parts/1/receipt", "/remittance", "/voucher", "/voucher/removal"]


@pytest.fixture
def order(buyer: Account) -> Order:
    return an_order(account=buyer)


def send(order: Order) -> None:
    send_all(order)


def press(client: FlaskClient, order: Order, act: str) -> str:
    """Press a button of the order page; says where it leads."""
    action = f"/en/orders/{order.number}/{act}"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}").text, action)
    return client.post(action, data=fields).headers["Location"]


@pytest.mark.clause("1.1.3c")
def test_the_page_shows_number_goods_amount_and_way_of_payment(client: FlaskClient, buyer: Account):
    sku, _ = a_stocked_sku(9, price=Money.yuan("1234.50"))
    order = an_order(sku, a_service(price=Money.yuan(100)), quantity=2, account=buyer)
    page = client.get(f"/en/orders/{order.number}").text.replace('<span class="money__fen">', "").replace("</span>", "")
    assert order.spoken_number in page and "Offline remittance" in page and "2,469.00" in page
    for amount in (order.goods, order.freight, order.total):
        assert f"¥{amount.fen // 100:,}.{amount.fen % 100:02d}" in page
    assert all(line.name("en") in page for line in order.lines)


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("state", ["", "awaiting_payment", "cancelled", "nonsense", "' OR 1=1"])
def test_the_tabs_count_and_filter(client: FlaskClient, order: Order, lang: str, state: str):
    page = client.get(f"/{lang}/orders", query_string={"state": state})
    assert page.status_code == 200
    assert (order.spoken_number in page.text) == (state != "cancelled")


@pytest.mark.parametrize("wanted", ["0", "-1", "abc", "99999999", "9" * 99, "２", "2"])
def test_a_nonsense_page_is_the_nearest_page(client: FlaskClient, order: Order, wanted: str):
    assert order.spoken_number in client.get("/en/orders", query_string={"page": wanted}).text


@pytest.mark.clause("1.1.3c")
@pytest.mark.clause("5.1.1a")
@pytest.mark.parametrize("act", EVERY_ADDRESS)
def test_the_order_of_somebody_else_is_as_good_as_none(app: Flask, client: FlaskClient, order: Order, act: str):
    stranger, clerk = app.test_client(), app.test_client()
    signed_in(stranger, an_account())
    signed_in(clerk, a_staff_member("manager"))
    for browser in (stranger, clerk):
        for number in (order.number, new_order_number(), "abc", "1" * 12):
            path = f"/en/orders/{number}{act}"
            answers = [browser.get(path)] if act in ("", "/remittance", "/voucher") else []
            answers += [browser.post(path)] if act not in ("", "/remittance") else []
            assert [answer.status_code for answer in answers] == [404] * len(answers)
            assert "张三丰" not in "".join(answer.text for answer in answers)
    assert client.get(f"/en/orders/{order.number}").status_code == 200


def test_a_guest_is_led_to_sign_in_and_told_nothing(app: Flask, order: Order):
    for number in (order.number, new_order_number()):
        answer = app.test_client().get(f"/en/orders/{number}")
        assert answer.status_code == 302 and "/en/login" in answer.headers["Location"]


def test_cancelling_before_payment_gives_the_units_back(client: FlaskClient, buyer: Account):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku, quantity=2, account=buyer)
    assert press(client, order, "cancellation").endswith("done=order_cancelled_by_you")
    assert level_of(sku, place) == (5, 0)
    page = client.get(f"/en/orders/{order.number}").text
    assert "Cancelled" in page and "Order cancelled" in page and "/cancellation" not in page


def test_a_button_pressed_twice_is_answered_alike(client: FlaskClient, order: Order):
    action = f"/en/orders/{order.number}/cancellation"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}").text, action)
    for _ in range(2):
        assert client.post(action, data=fields).headers["Location"].endswith("done=order_cancelled_by_you")


def test_a_paid_order_has_no_button_to_cancel_and_the_old_one_does_nothing(client: FlaskClient, order: Order):
    action = f"/en/orders/{order.number}/cancellation"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}").text, action)
    pay(order)
    assert "/cancellation" not in client.get(f"/en/orders/{order.number}").text
    assert client.post(action, data=fields).headers["Location"].endswith("done=order_moved")
    db.session.expire_all()
    assert db.session.get_one(Order, order.id).state != CANCELLED


def test_the_buyer_confirms_each_part_and_the_last_one_completes_the_order(client: FlaskClient, buyer: Account):
    spot, _ = a_stocked_sku(5)
    futures, _ = a_stocked_sku(5, delivery="futures", delivery_month="2027-01")
    order = an_order(spot, futures, account=buyer)
    pay(order)
    send(order)
    assert "SF1234567890" in client.get(f"/en/orders/{order.number}").text
    press(client, order, "parts/1/receipt")
    assert "Confirm receipt" in client.get(f"/en/orders/{order.number}").text
    press(client, order, "parts/2/receipt")
    db.session.expire_all()
    assert own_order(db.session(), buyer.id, order.number).state == COMPLETED


@pytest.mark.parametrize("position", ["0", "2", "999", "5000", "-1", "x"])
def test_a_part_that_is_not_there_is_a_404(client: FlaskClient, order: Order, position: str):
    assert client.post(f"/en/orders/{order.number}/parts/{position}/receipt").status_code == 404


@pytest.mark.parametrize("act", ["cancellation", "parts/1/receipt"])
def test_a_stale_or_forged_button_changes_nothing(client: FlaskClient, order: Order, act: str):
    for token in ("", "0.ffff"):
        answer = client.post(f"/en/orders/{order.number}/{act}", data={"form_token": token})
        assert answer.headers["Location"].endswith("done=stale")
    db.session.expire_all()
    assert db.session.scalars(select(Order.state)).one() == "awaiting_payment"


def test_the_timeline_says_who_did_what_and_what_comes_next(client: FlaskClient, order: Order):
    pay(order)
    page = client.get(f"/en/orders/{order.number}").text
    timeline = page[page.index('class="timeline"') :]
    assert "by you" in timeline and "by our staff" in timeline
    assert timeline.index("Order placed") < timeline.index("Payment received") < timeline.index("Shipment")


def test_the_number_may_be_typed_with_spaces_or_dashes(client: FlaskClient, order: Order):
    assert client.get(f"/en/orders/{order.spoken_number.replace(' ', '-')}").status_code == 200
    assert client.get(f"/en/orders/{order.spoken_number}").status_code == 200
