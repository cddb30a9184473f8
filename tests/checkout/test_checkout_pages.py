"""The checkout's pages: review with prices taken anew, one button, the order. Clauses 1.1.3a-c, 1.1.5b, P.1."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.catalog.models import Sku
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.orders.models import Order
from app.shipping.carriers import CARRIERS
from tests.accounts.builders import an_account, signed_in
from tests.cart.pages import put_in
from tests.checkout.builders import a_buyer, an_address, an_order, in_cart
from tests.checkout.pages import fill_in_address, hidden_fields, place_on_page
from tests.stock.builders import a_stocked_sku


@pytest.fixture
def sku(app: Flask) -> Sku:
    return a_stocked_sku(9, price=Money.yuan(1000), weight_g=10_000)[0]


@pytest.fixture
def buyer(client: FlaskClient, sku: Sku) -> Account:
    account = a_buyer(sku, quantity=2)
    signed_in(client, account)
    return account


def orders() -> list[Order]:
    db.session.expire_all()
    return list(db.session.scalars(select(Order)))


def plain(page: str) -> str:
    return page.replace('<span class="money__fen">', "").replace("</span>", "")


@pytest.mark.clause("1.1.3a")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_from_an_empty_address_book_to_the_order_without_script(client: FlaskClient, sku: Sku, lang: str):
    account = an_account()
    signed_in(client, account)
    put_in(client, sku, 2)
    answer = client.get(f"/{lang}/checkout")
    answer = fill_in_address(client, answer.headers["Location"])
    assert answer.headers["Location"].startswith(f"/{lang}/checkout?address=")
    review = client.get(answer.headers["Location"])
    assert "Zhang San" in review.text and "¥2,000" in review.text
    answer = place_on_page(client, lang)
    [order] = orders()
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/{lang}/orders/{order.number}/remittance?done=placed"
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.clause("1.1.3c")
def test_the_amounts_on_the_review_add_up_to_what_is_ordered(client: FlaskClient, buyer: Account):
    page = plain(client.get("/en/checkout").text)
    place_on_page(client)
    [order] = orders()
    assert order.total == order.goods + order.freight == Money.yuan(2000) + order.freight
    for amount in (order.goods, order.freight, order.total):
        assert f"¥{amount.fen // 100:,}.{amount.fen % 100:02d}" in page


@pytest.mark.clause("1.1.5b")
@pytest.mark.clause("P.1")
def test_the_review_names_the_carriers_and_links_the_policy(client: FlaskClient, buyer: Account):
    page = client.get("/en/checkout").text
    assert all(carrier.en in page for carrier in CARRIERS.values())
    assert 'href="/en/privacy"' in page[page.index("<main") : page.index("</main>")]


@pytest.mark.clause("1.1.3a")
def test_a_price_from_the_browser_is_ignored(client: FlaskClient, buyer: Account):
    place_on_page(client, total="1", price="0.01", goods="1", unit_price="1", quantity="1")
    assert orders()[0].goods == Money.yuan(2000)


@pytest.mark.clause("1.1.3a")
def test_sending_the_form_twice_is_one_order(client: FlaskClient, buyer: Account):
    fields = hidden_fields(client.get("/en/checkout").text, "/en/checkout")
    first = client.post("/en/checkout", data=fields)
    second = client.post("/en/checkout", data=fields)
    assert first.headers["Location"] == second.headers["Location"] and len(orders()) == 1


def test_a_price_that_moves_between_review_and_button_is_shown_first(client: FlaskClient, buyer: Account, sku: Sku):
    fields = hidden_fields(client.get("/en/checkout").text, "/en/checkout")
    with transaction() as session:
        session.get_one(Sku, sku.id).price = Money.yuan(1100)
    answer = client.post("/en/checkout", data=fields)
    assert answer.status_code == 409 and "check the new amounts" in answer.text and "¥2,200" in answer.text
    assert "the price was ¥1,000.00 when you put it in; it is now ¥1,100.00" in answer.text
    assert orders() == []
    assert place_on_page(client).status_code == 303


def test_units_that_go_while_one_reads_lead_back_to_the_marked_cart(client: FlaskClient, buyer: Account, sku: Sku):
    fields = hidden_fields(client.get("/en/checkout").text, "/en/checkout")
    an_order(sku, quantity=8)
    answer = client.post("/en/checkout", data=fields)
    assert answer.headers["Location"] == "/en/cart?done=check_cart"
    assert "Only 1 left" in client.get("/en/cart").text


BAD_FIELDS = [
    {"address": ""}, {"address": "abc"}, {"address": "9" * 30}, {"address": "-1"}, {"address": "1"},
    {"shown": ""}, {"shown": "x" * 5000}, {"shown": "\x00"}, {"key": ""}, {"key": "k" * 500},
    {"form_token": ""}, {"form_token": "0.ffff"},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_FIELDS)
def test_a_tampered_form_orders_nothing_and_shows_the_review_again(client: FlaskClient, buyer: Account, bad: dict):
    answer = place_on_page(client, **bad)
    assert answer.status_code in (404, 409, 422) and "Check your order" in answer.text
    assert orders() == []


def test_nobody_orders_to_a_strangers_address(client: FlaskClient, buyer: Account):
    theirs = an_address(an_account(), consignee="李四")
    answer = place_on_page(client, address=str(theirs.id))
    assert answer.status_code == 404 and "李四" not in answer.text and orders() == []
    assert "李四" not in client.get(f"/en/checkout?address={theirs.id}").text


@pytest.mark.parametrize("query", ["?address=", "?address=abc", "?address=1&address=2", "?address=" + "9" * 40, "?x=1"])
def test_a_nonsense_choice_of_address_falls_back_to_the_default(client: FlaskClient, buyer: Account, query: str):
    assert client.get(f"/en/checkout{query}").status_code == 200


def test_an_empty_cart_leads_back_to_the_cart(client: FlaskClient):
    signed_in(client, an_account())
    assert client.get("/en/checkout").headers["Location"] == "/en/cart?done=empty_cart"


def test_an_address_without_province_pays_the_dearest_freight_and_is_told(client: FlaskClient, sku: Sku):
    account = an_account()
    signed_in(client, account)
    an_address(account, address="科技路 1 号")
    in_cart(account, sku)
    page = client.get("/en/checkout").text
    assert "the dearest freight is counted" in page and "¥120" in page


def test_the_chosen_address_of_several_is_the_one_ordered_to(client: FlaskClient, buyer: Account):
    other = an_address(buyer, consignee="李四", address="四川省成都市 1 号")
    page = client.get(f"/en/checkout?address={other.id}").text
    answer = client.post("/en/checkout", data=hidden_fields(page, "/en/checkout"))
    assert "李四" in client.get(answer.headers["Location"].partition("/remittance")[0]).text


def test_personal_pages_are_kept_by_no_cache(client: FlaskClient, buyer: Account):
    for path in ("/en/checkout", "/en/cart", "/en/checkout/addresses", "/en/orders"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_who_would_hold_too_much_unpaid_reads_how_much_may_be_held(client: FlaskClient):
    sku, _ = a_stocked_sku(30)
    buyer = a_buyer(sku, quantity=16)
    answer = place_on_page(signed_in(client, buyer))
    assert answer.status_code == 409 and "you may hold at most 15 units of one kind" in answer.text
