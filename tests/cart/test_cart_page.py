"""The cart page: quantities without script, visible messages, and every kind of bad input."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cart.holding import MemberCart
from app.catalog.models import WITHDRAWN, Product, Sku
from app.foundation.clock import Clock
from app.foundation.database import db, transaction
from app.foundation.money import Money
from tests.accounts.builders import an_account, signed_in
from tests.cart.pages import cookie_of, press, put_in, token_for
from tests.checkout.builders import an_order, in_cart
from tests.stock.builders import a_stocked_sku


@pytest.fixture
def sku(app: Flask) -> Sku:
    return a_stocked_sku(5)[0]


@pytest.fixture
def member(client: FlaskClient):
    account = an_account()
    signed_in(client, account)
    return account


BAD = ["", " ", "0", "-1", "1.5", "1e3", "abc", "10000", "9" * 300, "三", "🙂", "\x00", "1\n2", "<script>", "NaN", "٣"]


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_quantity_is_refused_at_its_field_with_what_was_typed(client: FlaskClient, sku: Sku, typed: str):
    answer = put_in(client, sku, typed)
    assert answer.status_code == 422 and "whole number of units" in answer.text
    assert "<script>" not in answer.text and cookie_of(client) == {}


@pytest.mark.parametrize("typed", [text for text in BAD if text.strip() != "0"])
def test_a_bad_change_leaves_the_line_as_it_is(client: FlaskClient, sku: Sku, typed: str):
    put_in(client, sku, 2)
    answer = press(client, "quantity", sku, quantity=typed)
    assert answer.status_code == 422 and "whole number of units" in answer.text
    assert cookie_of(client)["lines"] == [[sku.id, 2]]


def test_what_was_typed_stays_in_the_field(client: FlaskClient, sku: Sku):
    put_in(client, sku, 2)
    assert 'value="12x"' in press(client, "quantity", sku, quantity="12x").text


def test_full_width_digits_are_digits(client: FlaskClient, sku: Sku):
    put_in(client, sku, "３")
    assert cookie_of(client)["lines"] == [[sku.id, 3]]


@pytest.mark.parametrize("bad", ["", "0", "-5", "abc", "99999999999999999999999", "1 OR 1=1", "123456"])
def test_an_unknown_machine_is_a_clear_404(client: FlaskClient, sku: Sku, bad: str):
    answer = put_in(client, sku, 1, **{"sku": bad})
    assert answer.status_code == 404 and "not on sale" in answer.text


def test_a_field_sent_twice_counts_once(client: FlaskClient, sku: Sku):
    put_in(client, sku, ["2", "4"])
    assert cookie_of(client)["lines"] == [[sku.id, 2]]


@pytest.mark.parametrize("act", ["lines", "quantity", "removal"])
def test_a_stale_or_forged_button_changes_nothing(client: FlaskClient, sku: Sku, act: str):
    put_in(client, sku, 2)
    for token in ("", "x.y", "0.ffff"):
        data = {"sku": sku.id, "quantity": 4, "form_token": token}
        assert client.post(f"/en/cart/{act}", data=data).status_code in (303, 422)
    assert client.post(f"/en/cart/{act}").status_code in (303, 422)
    assert cookie_of(client)["lines"] == [[sku.id, 2]]


def test_a_button_from_yesterday_asks_for_one_more_press_and_keeps_the_quantity(
    client: FlaskClient, sku: Sku, clock: Clock
):
    token = token_for(client, "/en/cart/lines", f"/en/products/{sku.product.slug}")
    clock.travel(hours=13)
    answer = client.post("/en/cart/lines", data={"sku": sku.id, "quantity": "4", "form_token": token})
    assert answer.status_code == 422 and 'value="4"' in answer.text and cookie_of(client) == {}


def test_more_than_there_is_becomes_what_there_is_and_says_so(client: FlaskClient, sku: Sku):
    answer = put_in(client, sku, 50)
    assert "done=lowered" in answer.headers["Location"]
    assert "lowered to what there is" in client.get(answer.headers["Location"]).text
    assert cookie_of(client)["lines"] == [[sku.id, 5]]


def test_less_than_the_minimum_order_becomes_the_minimum_order(client: FlaskClient):
    sku, _ = a_stocked_sku(9, moq=3)
    assert "done=raised" in put_in(client, sku, 1).headers["Location"]
    assert cookie_of(client)["lines"] == [[sku.id, 3]]


def test_adding_again_adds_up_and_nought_takes_out(client: FlaskClient, sku: Sku):
    put_in(client, sku, 2)
    put_in(client, sku, 1)
    assert cookie_of(client)["lines"] == [[sku.id, 3]]
    assert press(client, "quantity", sku, quantity="0").headers["Location"].endswith("done=removed")
    assert cookie_of(client) == {}


def test_a_member_sees_that_a_price_changed_since(client: FlaskClient, member, sku: Sku):
    in_cart(member, sku, 2)
    with transaction() as session:
        session.get_one(Sku, sku.id).price = Money.yuan(14_500)
    page = client.get("/en/cart").text
    assert "The price was ¥13,999.00 when you put it in; it is now ¥14,500.00." in page
    assert "29,000" in page


def test_a_line_that_became_short_says_how_many_are_left_and_stops_the_checkout(client: FlaskClient, member, sku: Sku):
    in_cart(member, sku, 4)
    an_order(sku, quantity=3)
    page = client.get("/en/cart").text
    assert "Only 2 left" in page and 'href="/en/checkout"' not in page


def test_a_withdrawn_line_stays_marked_and_is_not_counted(client: FlaskClient, member, sku: Sku):
    other, _ = a_stocked_sku(5, price=Money.yuan(100))
    in_cart(member, sku, 1)
    in_cart(member, other, 1)
    with transaction() as session:
        session.get_one(Product, sku.product_id).state = WITHDRAWN
    page = client.get("/en/cart").text
    assert "Not on sale at the moment" in page and "not counted" in page and 'href="/en/checkout"' in page
    assert "13,999" not in page[page.index('class="sums"') :]


def test_one_members_cart_is_not_anothers(client: FlaskClient, app: Flask, member, sku: Sku):
    in_cart(an_account(), sku, 2)
    assert "Your cart is empty" in client.get("/en/cart").text


def test_a_members_cart_is_on_the_server_and_in_no_cookie(client: FlaskClient, member, sku: Sku):
    put_in(client, sku, 2)
    assert cookie_of(client) == {}
    assert [(line.sku_id, line.quantity) for line in MemberCart(db.session(), member.id).lines()] == [(sku.id, 2)]


def test_the_page_speaks_both_languages(client: FlaskClient, sku: Sku):
    put_in(client, sku, 2)
    assert "去结算" in client.get("/zh-cn/cart").text and "Check out" in client.get("/en/cart").text
