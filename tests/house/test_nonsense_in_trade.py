"""Nonsense in every form about orders, money, parcels and stock, in the states of an order in which each form stands.

`test_nonsense` sends what links lead to; most buttons of the desks stand only where something waits for them.
"""

import io
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.models import Order
from app.payments.approving import confirm
from app.payments.bank.deciding import set_aside
from app.payments.chinabank.gateway import NOTICE_PATH, RETURN_PATH
from app.payments.payee import Details, propose_payee
from app.payments.vouchers import add_voucher
from app.shipping.carrier_links import make_link
from app.shipping.queries import parcels_of
from bench.html_forms import HtmlForm, Page
from tests.accounts.builders import a_staff_member, signed_in
from tests.backoffice.test_goods_desk import a_picture
from tests.checkout.builders import a_buyer, an_address, an_order
from tests.companies.builders import with_company
from tests.conftest import Browser
from tests.house.nonsense import HARSHEST, NONSENSE, submit, with_nonsense, without_fields
from tests.payments.bank.builders import HEADINGS, a_row, a_transfer, code_of
from tests.payments.builders import FINANCE, pay
from tests.payments.online import an_attempt, an_online_order, notify, said_about
from tests.shipping.builders import CLERK, send_all
from tests.stock.builders import a_stocked_sku

Place = tuple[str | Account, str]
"""Who looks, a role or a member, and at which page."""


def desk_of(order: Order) -> str:
    return f"/en/desk/orders/{order.number}"


def an_unpaid_order(app: Flask) -> list[Place]:
    buyer = a_buyer()
    order = an_order(account=buyer)
    add_voucher(order, a_picture().getvalue(), FINANCE, now())
    mine = f"/en/orders/{order.number}"
    return [(buyer, mine), (buyer, f"{mine}/remittance"), ("finance", desk_of(order)), ("manager", desk_of(order))]


def an_order_to_pay_online(app: Flask) -> list[Place]:
    buyer = a_buyer()
    order = an_online_order(account=buyer)
    return [(buyer, f"/en/orders/{order.number}/online"), ("manager", desk_of(order))]


def a_paid_order(app: Flask) -> list[Place]:
    order = an_order(quantity=2)
    pay(order)
    return [("clerk", desk_of(order)), ("finance", desk_of(order))]


def a_shipped_order(app: Flask) -> list[Place]:
    buyer = a_buyer()
    order, other = (an_order(account=buyer) for _ in range(2))
    for each in (order, other):
        pay(each)
        send_all(each)
    [[parcel]] = parcels_of(db.session(), other.id).values()
    make_link(parcel.id, CLERK, now())
    return [(buyer, f"/en/orders/{order.number}"), ("clerk", desk_of(order)), ("clerk", desk_of(other))]


def money_left_over(app: Flask) -> list[Place]:
    order = an_order()
    left = pay(order, order.total + Money(500)).receipt
    return [("finance", f"/en/desk/receipts/{left.id}")]


def rows_of_the_bank(app: Flask) -> list[Place]:
    row = a_row("100.00", "for what?", number="C0599ABC002")
    other = a_row("200.00", "for what?", number="C0599ABC003")
    set_aside(other.id, "sent_back", FINANCE, now())
    order = an_order()
    a_row(order.total, code_of(order), number="C0599ABC004")
    pages = [f"/en/desk/bank/rows/{each.id}" for each in (row, other)]
    return [("finance", page) for page in [*pages, "/en/desk/bank"]]


def two_people(app: Flask) -> list[Place]:
    order = an_order(a_stocked_sku(5, price=Money.yuan(120_000))[0])
    confirm(order.id, "B20261130-78", order.total, today(), FINANCE, now())
    propose_payee(Details("云商", "另一家银行", "6200999988887777"), FINANCE, now())
    return [("manager", "/en/desk/approvals"), ("manager", "/en/desk/payee")]


def a_word_to_decide(app: Flask) -> list[Place]:
    notify(app.test_client(), said_about(an_attempt(), v_amount="0.01"))
    return [("finance", "/en/desk/payments")]


def a_cart_and_its_checkout(app: Flask) -> list[Place]:
    buyer = with_company(a_buyer(a_stocked_sku(5)[0]))
    an_address(buyer)
    pages = ["cart", "checkout", "checkout/addresses", "checkout/addresses/new", "account/company"]
    return [(buyer, f"/en/{page}") for page in pages]


def stock(app: Flask) -> list[Place]:
    sku, _ = a_stocked_sku(5, 0)
    pages = [f"goods/skus/{sku.id}/stock", f"goods/skus/{sku.id}", "warehouses", "warehouses/new"]
    return [("manager", f"/en/desk/{page}") for page in pages]


WORLDS: list[Callable[[Flask], list[Place]]] = [
    an_unpaid_order, an_order_to_pay_online, a_paid_order, a_shipped_order, money_left_over, rows_of_the_bank,
    two_people, a_word_to_decide, a_cart_and_its_checkout, stock,
]  # fmt: skip
REACHED = {
    "backoffice.adjust_stock", "backoffice.apply_bank_row", "backoffice.apply_receipt", "backoffice.apply_rows",
    "backoffice.cancel_order", "backoffice.check_rows", "backoffice.complete_part", "backoffice.confirm_account",
    "backoffice.confirm_payment", "backoffice.end_carrier_link", "backoffice.give_approval",
    "backoffice.import_statement", "backoffice.make_carrier_link", "backoffice.move_stock", "backoffice.receive_stock",
    "backoffice.report_parcel", "backoffice.set_bank_row_aside", "backoffice.settle_payment_message",
    "backoffice.ship_part", "backoffice.take_bank_row_back", "backoffice.withdraw_account",
    "backoffice.withdraw_approval", "cart.change", "cart.remove", "checkout.new_address", "checkout.place",
    "checkout.prefer", "checkout.remove", "companies.declare", "companies.withdraw", "orders.cancel", "orders.receive",
    "payments.begin_online", "payments.remove", "payments.upload",
}  # fmt: skip


def forms_in(app: Flask, world: Callable[[Flask], list[Place]]) -> list[tuple[FlaskClient, str, HtmlForm]]:
    """Every form of a world's pages, before any of them is sent."""
    found = []
    for who, address in world(app):
        visitor = signed_in(app.test_client(), a_staff_member(who) if isinstance(who, str) else who)
        page = visitor.get(address)
        assert page.status_code == 200, address
        forms = [form for form in Page(page.text).forms if form.method == "post"]
        found += [(visitor, address, form) for form in forms if not form.action.endswith(("/logout", "/choices"))]
    return found


def endpoint_of(app: Flask, address: str, form: HtmlForm) -> str:
    path = urlsplit(urljoin(address, form.action or address)).path
    return str(app.url_map.bind("localhost").match(path, "POST")[0])


def send_nonsense(app: Flask, world: Callable[[Flask], list[Place]], kinds: Iterable[str], most: int) -> None:
    for visitor, address, form in forms_in(app, world):
        hostile = [
            fields
            for kind in kinds
            for fields in islice(with_nonsense(form, NONSENSE[kind]), most if kind in HARSHEST else 2)
        ]
        for fields in [*hostile, *without_fields(form), form.fields]:
            answer: Any = submit(visitor, address, form, fields)
            assert answer.status_code < 500, f"{address}, {form.action}: {fields}"


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_no_form_of_the_trade_breaks(app: Flask, world: Callable[[Flask], list[Place]]) -> None:
    send_nonsense(app, world, NONSENSE, most=9)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_none_breaks_on_postgresql(pg_shop: Flask, world: Callable[[Flask], list[Place]]) -> None:
    """Which keeps to the length of columns and takes no end of text."""
    pg_shop.test_client_class = Browser
    send_nonsense(pg_shop, world, ("control", "long", "huge", "past 64 bits"), most=2)


def test_every_form_of_the_trade_is_met(app: Flask) -> None:
    met = {endpoint_of(app, address, form) for world in WORLDS for _, address, form in forms_in(app, world)}
    assert met >= REACHED, REACHED - met


@pytest.mark.parametrize("path", [NOTICE_PATH, f"/en{RETURN_PATH}", "/carrier/kuaidi100/1"])
@pytest.mark.parametrize("body", [
    b"", b"\x00", b"%", b"%ff=%ff", b"a" * 100_000, b"v_oid=" + b"9" * 5_000, b"v_oid=1&" * 3_000,
    b"v_oid=\xd6\xd0&v_amount=1e5&v_pstatus=\xb2", b"param=%7B%22a%22:1e999%7D&sign=", b"param=" + b"[" * 5_000,
    b"param=null&sign=%00", b"\xff\xfe",
])  # fmt: skip
def test_no_word_from_outside_breaks(app: Flask, path: str, body: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "x"):
        assert app.test_client().post(path, data=body, content_type=kind).status_code < 500


@pytest.mark.parametrize("content", [
    b"", b"\x00" * 50, b"\xff\xfe" + b"a" * 51, "交易日,贷方金额\n".encode("gb18030") * 3, b",".join([b""] * 5_000),
    ",".join(HEADINGS).encode("gb18030") + b"\n" + b"\xff," * 11, b'"' + b"x" * 200_000,
    (",".join(HEADINGS) + "\n" + ",".join(a_transfer("9" * 30, day="20269999").values())).encode("gb18030"),
    (",".join(HEADINGS) + "\n" + ",".join(a_transfer("-1", "\x00" * 9, number="\u202e" * 99).values())).encode(),
    (",".join(HEADINGS) + "\n" + ",".join(a_transfer("NaN", "长" * 3000, number="１２３").values())).encode("utf-16"),
])  # fmt: skip
def test_no_file_breaks_the_bank_desk(app: Flask, content: bytes) -> None:
    visitor = signed_in(app.test_client(), a_staff_member("finance"))
    form = Page(visitor.get("/en/desk/bank").text).form_to("/bank/statements")
    answer = visitor.post(form.action, data={**dict(form.fields), "file": (io.BytesIO(content), "长\x00.csv")})
    assert answer.status_code < 500
