"""What the shop tells of its products: put in, out of stock, placed, repriced; and of addresses that lead nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from analytics.codes import LeftOut
from analytics.days import number_of
from analytics.missing_pages import NotFound, pages_not_found
from analytics.products import Product, products
from analytics.reading import Range
from app.cart.put_in import SHOWN_WITHIN_SECONDS
from app.catalog.models import Sku
from app.catalog.pricing import set_price
from app.catalog.telling import tell_past_price_changes, tell_price_changes
from app.foundation.clock import SHANGHAI, Clock, now, today
from app.foundation.money import Money
from app.measurement.pages import KINDS, group_of
from app.orders.telling import tell_today
from tests.accounts.builders import an_account, signed_in
from tests.analytics.browsing import Surfer
from tests.cart.pages import token_for
from tests.catalog.builders import a_product, a_service, a_sku
from tests.checkout.builders import an_order
from tests.privacy.builders import save_choices_in
from tests.stock.builders import a_stocked_sku


@pytest.fixture(autouse=True)
def noon(clock: Clock):
    clock.freeze(datetime(2026, 11, 23, 12, tzinfo=SHANGHAI))


@pytest.fixture
def counted(app: Flask, house):
    """A question: what is known of products, of these days back until today."""

    def ask(days_back: int = 0) -> dict[str, Product]:
        house.fold()
        day = number_of(today())
        return {row.key: row for row in products(house.store, Range(day - days_back, day), KINDS["product"])}

    return ask


def puts_in(surfer: Surfer, sku: Sku) -> str:
    """Press "add to cart"; the address that the browser is sent to."""
    action = "/en/cart/lines"
    token = token_for(surfer.client, action, f"/en/products/{sku.product.slug}", headers=surfer.headers)
    data = {"sku": sku.id, "form_token": token}
    return surfer.client.post(action, data=data, headers=surfer.headers).headers["Location"]


@pytest.mark.parametrize("is_member", [False, True])
def test_the_cart_right_after_something_was_put_in_counts_it_once(app, house, counted, is_member: bool):
    surfer, sku = Surfer(app), a_stocked_sku()[0]
    if is_member:
        signed_in(surfer.client, an_account())
    address = puts_in(surfer, sku)
    for _ in range(3):
        surfer.opens(address)
    surfer.opens("/en/cart")
    assert counted()[sku.product.slug].in_cart == 1
    assert house.reports.totals(Range(house.today(), house.today())).views == 2


def test_putting_in_twice_counts_twice_and_changing_the_quantity_does_not(app, counted):
    surfer, sku = Surfer(app), a_stocked_sku(9)[0]
    for _ in range(2):
        surfer.opens(puts_in(surfer, sku))
    token = token_for(surfer.client, "/en/cart/quantity")
    change = {"sku": sku.id, "quantity": 5, "form_token": token}
    surfer.opens(surfer.client.post("/en/cart/quantity", data=change).headers["Location"])
    assert counted()[sku.product.slug].in_cart == 2


def test_the_address_opened_elsewhere_or_later_counts_nothing_more(app, house, counted, clock):
    surfer, other, sku = Surfer(app), Surfer(app), a_stocked_sku(9)[0]
    address = puts_in(surfer, sku)
    surfer.opens(address)
    other.opens(address)
    puts_in(other, sku)
    other.opens(address)
    assert counted()[sku.product.slug].in_cart == 1
    assert house.reports.left_out(Range(house.today(), house.today())) == {LeftOut.REPLAYED: 1}
    late = puts_in(surfer, sku)
    clock.travel(seconds=SHOWN_WITHIN_SECONDS + 1)
    surfer.opens(late)
    assert counted()[sku.product.slug].in_cart == 1


@pytest.mark.parametrize("put", ["", "x", "s19-pro", "WzEsMV0.x", "é\x00", "a" * 5000])
def test_an_address_typed_by_hand_invents_no_product(app, counted, put: str):
    surfer, sku = Surfer(app), a_stocked_sku()[0]
    puts_in(surfer, sku)
    assert surfer.client.get("/en/cart", query_string={"put": put}).status_code == 200
    surfer.opens(f"/en/cart?done=added&put={put[:50]}".replace("\x00", "%00"))
    assert "s19-pro" not in counted() and counted().get(sku.product.slug, Product("")).in_cart == 0


@pytest.mark.clause("3.1.2b")
def test_who_refuses_counting_gets_an_address_without_a_token(app, counted):
    surfer, sku = Surfer(app), a_stocked_sku()[0]
    save_choices_in(surfer.client, headers={"Origin": "http://localhost"})
    assert puts_in(surfer, sku) == "/en/cart?done=added"


def test_a_browser_without_cookies_puts_nothing_in(app, counted):
    surfer, sku = Surfer(app, cookies=False), a_stocked_sku()[0]
    answer = surfer.client.get(puts_in(surfer, sku), headers=surfer.headers)
    assert answer.headers["Location"] == "/en/cart?done=not_kept"
    assert counted() == {}


def test_a_machine_of_which_nothing_is_left_is_seen_out_of_stock(app, counted):
    there, gone, unpriced, service = a_stocked_sku()[0], a_sku(), a_sku(price=None), a_service()
    for sku in (there, gone, gone, unpriced, service):
        Surfer(app).opens(f"/zh-cn/products/{sku.product.slug}")
    seen = {slug: (row.views, row.out_of_stock) for slug, row in counted().items()}
    assert seen == {
        there.product.slug: (1, 0),
        gone.product.slug: (2, 2),
        unpriced.product.slug: (1, 0),
        service.product.slug: (1, 0),
    }


def test_a_machine_with_one_variant_left_is_not_out_of_stock(app, counted):
    sku = a_stocked_sku()[0]
    a_sku(sku.product)
    Surfer(app).opens(f"/en/products/{sku.product.slug}")
    assert counted()[sku.product.slug].out_of_stock == 0


@pytest.mark.clause("2.9")
def test_orders_are_told_by_product_each_order_once(app, counted):
    s19, m63s = a_stocked_sku(9)[0], a_stocked_sku(9)[0]
    other_variant = a_stocked_sku(9, product=s19.product)[0]
    an_order(s19, other_variant, m63s)
    an_order(s19, quantity=3)
    tell_today()
    assert {slug: row.placed for slug, row in counted().items()} == {s19.product.slug: 2, m63s.product.slug: 1}


def test_what_is_told_already_is_not_written_again(app, house, counted):
    sku = a_stocked_sku(9)[0]
    an_order(sku)
    for yuan in (10, 11):
        set_price(sku.id, Money.yuan(yuan), now())
    tell_today()
    tell_price_changes()
    with statements_of(house.store) as statements:
        tell_today()
        tell_price_changes()
    assert {statement.split()[0] for statement in statements} == {"BEGIN", "SELECT"}
    assert "BEGIN IMMEDIATE" not in statements
    found = counted()[sku.product.slug]
    assert (found.placed, found.prices) == (1, (number_of(today()),))


@contextmanager
def statements_of(store) -> Iterator[list[str]]:
    """What is sent to a store meanwhile."""
    sent: list[str] = []

    def note(connection, cursor, statement: str, *more) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield sent
    event.remove(store.engine, "before_cursor_execute", note)


def test_the_days_on_which_a_price_changed_are_told_and_the_first_price_is_no_change(app, counted, clock):
    one, other = a_sku(price=None), a_sku(price=None)
    for sku in (one, other):
        set_price(sku.id, Money.yuan(100), now())
    clock.travel(days=20)
    changed_on = number_of(today())
    set_price(one.id, Money.yuan(90), now())
    set_price(one.id, Money.yuan(80), now())
    tell_price_changes()
    clock.travel(days=20)
    set_price(one.id, Money.yuan(70), now())
    tell_past_price_changes()
    assert {slug: row.prices for slug, row in counted(60).items()} == {
        one.product.slug: (changed_on, number_of(today()))
    }


def test_a_price_change_late_in_the_evening_belongs_to_the_day_in_china(app, counted, clock):
    sku = a_sku(price=None)
    set_price(sku.id, Money.yuan(100), now())
    clock.freeze(datetime(2026, 11, 24, 0, 30, tzinfo=SHANGHAI))
    set_price(sku.id, Money.yuan(90), now())
    tell_price_changes()
    assert counted()[sku.product.slug].prices == (number_of(date(2026, 11, 24)),)


def test_a_product_whose_slug_is_too_long_for_a_key_is_left_off(app, counted):
    product = a_product("x" * 70)
    set_price(product.skus[0].id, Money.yuan(10), now())
    set_price(product.skus[0].id, Money.yuan(11), now())
    tell_price_changes()
    assert counted() == {}


@pytest.mark.clause("1.2.1(4)")
@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/zh-cn/products/zhang-san-13800000000", "products"),
        ("/en/products/category/zhang-san", "categories"),
        ("/en/products/brand/zhang-san", "brands"),
        ("/en/orders/123456789012", "orders"),
        ("/pictures/x.webp", "pictures"),
        ("/en/zhang-san", "other"),
        ("/zhang-san/products", "other"),
        ("/wp-login.php", "other"),
        ("/", "other"),
        ("", "other"),
        ("//en//products//x", "products"),
        ("/en/%E5%BC%A0", "other"),
    ],
)
def test_an_address_is_told_by_its_group_alone(path: str, group: str):
    assert group_of(path) == group


@pytest.mark.clause("1.2.1(4)")
def test_what_led_to_a_missing_page_is_counted_with_its_group(app, house):
    Surfer(app).opens("/en/products/zhang-san", Referer="https://www.baidu.com/s?wd=zhang")
    Surfer(app).opens("/zh-cn/zhang-san")
    house.fold()
    day = house.today()
    assert pages_not_found(house.store, Range(day, day)) == [
        NotFound("404-other", "direct", "", 1),
        NotFound("404-products", "search", "baidu", 1),
    ]


def test_an_error_of_another_kind_leads_somewhere(app, house):
    Surfer(app).opens("/en/cart/lines")
    house.fold()
    days = Range(house.today(), house.today())
    assert [row.value for row in house.reports.by_page(days)] == ["error:405"]
    assert pages_not_found(house.store, days) == []
