"""A guest's cart: in the browser's signed cookie and nowhere else. Clause 3.1.1a."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.cart.holding import GUEST_LINES, GuestCart
from app.foundation.cookies import sign_facts
from app.foundation.database import db, transaction
from app.foundation.money import Money
from tests.cart.pages import cookie_of, press, put_in
from tests.catalog.builders import a_product, a_service
from tests.stock.builders import a_stocked_sku


def counts_of_all_tables() -> dict[str, int]:
    session = db.session()
    return {name: session.query(table).count() for name, table in db.metadata.tables.items()}


@pytest.mark.clause("3.1.1a")
def test_a_guest_fills_a_cart_and_no_row_is_written(client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    before = counts_of_all_tables()
    assert put_in(client, sku, 2).headers["Location"].startswith("/en/cart?done=added")
    assert press(client, "quantity", sku, quantity="3").status_code == 303
    assert cookie_of(client)["lines"] == [[sku.id, 3]]
    assert counts_of_all_tables() == before


@pytest.mark.clause("3.1.1a")
@pytest.mark.parametrize("value", ["", "x", "a.b", "e30.AAAA", "\u00e9", "9" * 4000])
def test_a_cookie_that_we_did_not_sign_is_an_empty_cart(client: FlaskClient, value: str):
    client.set_cookie("cart", value)
    page = client.get("/en/cart")
    assert page.status_code == 200 and "Your cart is empty" in page.text


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"ref": 5, "lines": []},
        {"ref": "f" * 32, "lines": "nonsense"},
        {
            "ref": "f" * 32,
            "lines": [[1], [1, 2, 3], ["1", 1], [1, -4], [1, 10**9], [True, 1], [-1, 1], [2**70, 1]],
        },
    ],
)
def test_a_signed_cookie_with_nonsense_in_it_is_an_empty_cart(app: Flask, client: FlaskClient, facts: dict):
    client.set_cookie("cart", sign_facts("cart", facts))
    assert "Your cart is empty" in client.get("/en/cart").text


def test_a_value_signed_for_another_cookie_is_refused(client: FlaskClient):
    client.set_cookie("cart", sign_facts("prefs", {"ref": "f" * 32, "lines": [[1, 1]]}))
    assert "Your cart is empty" in client.get("/en/cart").text


@pytest.mark.clause("3.1.1a")
def test_prices_are_the_shops_own_of_the_moment(client: FlaskClient):
    sku, _ = a_stocked_sku(5, price=Money.yuan(100))
    put_in(client, sku, 2, price="1")
    assert "¥200" in client.get("/en/cart").text
    with transaction() as session:
        session.get_one(type(sku), sku.id).price = Money.yuan("150")
    assert "¥300" in client.get("/en/cart").text


def test_the_largest_cart_fits_into_a_cookie_and_one_line_more_is_refused(app: Flask, client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    rows = [[9_000_000_000 + number, 9999] for number in range(GUEST_LINES)]
    client.set_cookie("cart", sign_facts("cart", {"ref": "f" * 32, "lines": rows}))
    assert len(sign_facts("cart", {"ref": "f" * 32, "lines": rows})) < 2500
    answer = put_in(client, sku)
    assert answer.status_code == 409 and "no more lines" in answer.text


def test_each_cart_has_a_random_reference_of_its_own(app: Flask):
    sku, _ = a_stocked_sku(5)
    browsers = [app.test_client() for _ in range(2)]
    for browser in browsers:
        put_in(browser, sku)
    first, second = (cookie_of(browser)["ref"] for browser in browsers)
    assert first != second
    put_in(browsers[0], sku)
    assert cookie_of(browsers[0])["ref"] == first


def test_an_emptied_cart_takes_its_cookie_along(client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    put_in(client, sku)
    press(client, "removal", sku)
    assert client.get_cookie("cart") is None


def test_the_count_in_the_header_costs_a_guest_no_query(app: Flask, client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    put_in(client, sku)
    statements: list[str] = []
    listener = lambda *call: statements.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        page = client.get("/en/no-such-page-but-a-header")
        assert page.status_code == 404
        client.get("/en/privacy")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert not [text for text in statements if "cart" in text]


def test_a_service_and_a_machine_add_up(client: FlaskClient):
    machine, _ = a_stocked_sku(5, price=Money.yuan("100.10"))
    service = a_service(price=Money.yuan("0.95"))
    put_in(client, machine, 3)
    put_in(client, service)
    assert "301.25" in client.get("/en/cart").text.replace('<span class="money__fen">', "").replace("</span>", "")


def test_a_guest_is_led_to_sign_in_and_back_to_the_checkout(client: FlaskClient):
    answer = client.get("/en/checkout")
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/en/login?next=/en/checkout")


def test_a_cart_of_machines_that_are_gone_shows_none(app: Flask, client: FlaskClient):
    product = a_product()
    cart = GuestCart("f" * 32, {product.skus[0].id: 2, 10**17: 1})
    client.set_cookie("cart", sign_facts("cart", {"ref": cart.reference, "lines": [[10**17, 1]]}))
    assert "Your cart is empty" in client.get("/en/cart").text


@pytest.mark.clause("3b")
def test_a_browser_that_keeps_no_cookies_is_told_why_its_cart_stays_empty(client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    client.get("/en/")
    put_in(client, sku)
    client.delete_cookie("cart")
    shown = client.get("/en/cart?done=added", follow_redirects=True)
    assert "keeps no cookies" in shown.text and "It is in your cart" not in shown.text
