"""Help in the order of what the reader needs, and a change of language that loses nothing. Clause 2.2."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import ONLINE
from app.orders.models import Order
from app.support.helping import TOPICS, topics_for
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.backoffice.builders import a_paid_order, a_shipped_order
from tests.cart.pages import put_in
from tests.checkout.builders import a_buyer, an_address, an_order
from tests.checkout.pages import hidden_fields
from tests.stock.builders import a_stocked_sku


def first_for(account: Account | None, days: int = 0) -> str:
    topics = topics_for(db.session(), account, now() + timedelta(days))
    assert sorted(topics) == sorted(TOPICS)
    return topics[0]


def buyer_of(order: Order) -> Account:
    return db.session.get_one(Account, order.account_id)


@pytest.mark.clause("2.2")
def test_what_an_open_order_waits_for_comes_first(app):
    future, _ = a_stocked_sku(5, delivery="futures", delivery_month="2027-03")
    assert first_for(buyer_of(an_order())) == "remitting"
    assert first_for(buyer_of(an_order(method=ONLINE))) == "online"
    assert first_for(buyer_of(a_paid_order(future))) == "futures"
    assert first_for(buyer_of(a_paid_order())) == "delivery"
    assert topics_for(db.session(), buyer_of(a_shipped_order()), now())[:2] == ["delivery", "after-sales"]


@pytest.mark.clause("2.2")
def test_an_unpaid_order_goes_before_one_under_way(app):
    account = buyer_of(a_shipped_order())
    an_order(account=account, method=ONLINE)
    assert topics_for(db.session(), account, now())[:3] == ["online", "delivery", "after-sales"]


@pytest.mark.clause("2.2")
def test_the_role_decides_where_no_order_does(app):
    assert first_for(None) == first_for(an_account()) == "buying"
    assert first_for(a_staff_member("clerk")) == "delivery"
    assert first_for(a_staff_member("finance")) == "remitting"


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_page_follows_the_orders_and_every_topic_is_written(client: FlaskClient, lang: str):
    guest = client.get(f"/{lang}/help").text
    assert re.findall(r'<section id="([a-z-]+)">\n<h2>', guest) == list(TOPICS)
    signed_in(client, buyer_of(an_order()))
    page = client.get(f"/{lang}/help").text
    assert re.findall(r'<a href="#([a-z-]+)">', page)[-len(TOPICS) :][0] == "remitting"
    assert re.findall(r'<section id="([a-z-]+)">', page)[0] == "remitting"


def switched(client: FlaskClient, page: str, to: str) -> str:
    """Follow the language switch of a page, as a browser does; where it leads."""
    link = re.search(rf'href="(/language/{to}\?[^"]*)"', page)
    assert link
    return str(client.get(link[1].replace("&amp;", "&")).location)


def amounts_in(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'class="money">([^<]+)<span class="money__fen">(\.\d\d)', page)
    assert found
    return found


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(("start", "other"), [("zh-cn", "en"), ("en", "zh-cn")])
def test_switching_the_language_at_each_step_of_the_checkout_loses_nothing(client: FlaskClient, start: str, other: str):
    sku, _ = a_stocked_sku(5)
    account = a_buyer(sku, quantity=2)
    second = an_address(account, address="浙江省杭州市示例路 9 号")
    signed_in(client, account)
    for path in ("cart", f"checkout?address={second.id}"):
        for here, there in ((start, other), (other, start)):
            before = client.get(f"/{here}/{path}").text
            assert switched(client, before, there) == f"/{there}/{path}"
            assert amounts_in(client.get(f"/{there}/{path}").text) == amounts_in(before)
    review = client.get(f"/{other}/{path}").text
    placed = client.post(f"/{other}/checkout", data=hidden_fields(review, f"/{other}/checkout"))
    order = db.session.scalars(select(Order)).one()
    assert (placed.status_code, order.state, order.goods) == (303, "awaiting_payment", sku.price * 2)
    with purpose(Purpose.SERVICE):
        assert order.consignee["address"] == "浙江省杭州市示例路 9 号"
    page = client.get(placed.location).text
    assert amounts_in(client.get(switched(client, page, start)).text) == amounts_in(page)


@pytest.mark.clause("2.2")
def test_a_guests_cart_survives_the_switch(client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    put_in(client, sku, 3)
    before = client.get("/en/cart").text
    after = client.get(switched(client, before, "zh-cn")).text
    assert amounts_in(before) == amounts_in(after)
