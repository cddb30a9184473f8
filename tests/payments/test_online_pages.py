"""The pages of online payment: choosing it, the page before leaving, the form that leaves, the result. 1.1.4a-c."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.http_edge import CONTENT_POLICY
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel, expire_holds, remind_unpaid
from app.orders.lifecycle import HOLDS, ONLINE, REMITTANCE, MoveRefused
from app.orders.models import Order
from app.orders.queries import awaiting_remittance
from app.payments.chinabank.gateway import NOTICE_PATH, RETURN_PATH, gateway_of
from app.payments.chinabank.models import PaymentAttempt
from app.payments.chinabank.protocol import MOST_ATTEMPTS
from app.payments.models import Remittance
from app.payments.vouchers import add_voucher
from app.settings import current_settings
from tests.accounts.builders import signed_in
from tests.checkout.builders import a_buyer, an_order
from tests.checkout.pages import hidden_fields
from tests.payments.online import BUYER, an_attempt, an_online_order, notify, said_about, the_order
from tests.payments.test_remittance_page import a_picture
from tests.stock.builders import a_stocked_sku


@pytest.fixture
def order(buyer: Account) -> Order:
    return an_online_order(account=buyer)


def begin(client: FlaskClient, order: Order, lang: str = "en") -> str:
    """Press the button of the page before leaving; gives where it leads."""
    action = f"/{lang}/orders/{order.number}/online"
    fields = hidden_fields(client.get(action).text, action)
    answer = client.post(action, data=fields)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


class Fields(HTMLParser):
    """Every named field of a page's main part."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("input", "select", "textarea", "button") and (name := dict(attrs).get("name")):
            self.names.add(name)


@pytest.mark.parametrize(("method", "page"), [(ONLINE, "online"), (REMITTANCE, "remittance")])
def test_the_checkout_offers_both_ways_and_leads_to_the_page_of_the_chosen_one(
    client: FlaskClient, method: str, page: str
):
    signed_in(client, a_buyer(a_stocked_sku()[0]))
    fields = hidden_fields(client.get("/en/checkout").text, "/en/checkout")
    answer = client.post("/en/checkout", data={**fields, "method": method})
    order = db.session.scalars(select(Order)).one()
    assert answer.headers["Location"] == f"/en/orders/{order.number}/{page}?done=placed"
    assert order.payment_method == method and order.hold_until - order.placed_at == HOLDS[method]
    assert len(db.session.scalars(select(Remittance)).all()) == (method == REMITTANCE)
    told = db.session.scalars(select(OutboxMessage.code).distinct()).all()
    assert told == ["order.placed" if method == REMITTANCE else "order.placed_online"]
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("method", ["", "gold", "online\0"])
def test_another_way_is_refused_and_the_chosen_address_stays(client: FlaskClient, method: str):
    signed_in(client, a_buyer(a_stocked_sku()[0]))
    fields = hidden_fields(client.get("/zh-cn/checkout").text, "/zh-cn/checkout")
    answer = client.post("/zh-cn/checkout", data={**fields, "method": method})
    assert answer.status_code == 422 and "请选择支付方式" in answer.text
    assert db.session.scalars(select(Order)).all() == []


def test_the_same_form_with_another_way_of_payment_is_not_the_same_order(client: FlaskClient):
    signed_in(client, a_buyer(a_stocked_sku()[0]))
    fields = hidden_fields(client.get("/en/checkout").text, "/en/checkout")
    first = client.post("/en/checkout", data={**fields, "method": ONLINE}).headers["Location"]
    assert client.post("/en/checkout", data={**fields, "method": ONLINE}).headers["Location"] == first
    assert client.post("/en/checkout", data={**fields, "method": REMITTANCE}).status_code != 200
    assert len(db.session.scalars(select(Order)).all()) == 1


@pytest.mark.clause("1.1.4a")
@pytest.mark.parametrize(("lang", "name"), [("zh-cn", "网银在线"), ("en", "Chinabank")])
def test_the_institution_is_named_before_the_buyer_leaves(client: FlaskClient, order: Order, lang: str, name: str):
    page = client.get(f"/{lang}/orders/{order.number}/online").text
    assert name in page[page.index("<main") :] and f"{order.total.fen // 100:,}" in page
    assert name in client.get(begin(client, order, lang)).text


@pytest.mark.clause("1.1.4b")
def test_no_page_of_paying_asks_for_anything(client: FlaskClient, order: Order):
    before = Fields(client.get(f"/en/orders/{order.number}/online").text).names
    leaving = begin(client, order)
    assert before == {"form_token"}
    assert Fields(client.get(f"{leaving}/result").text).names == set()


@pytest.mark.clause("1.1.4c")
def test_the_form_that_leaves_has_the_allowed_fields_and_its_page_alone_may_post_there(
    client: FlaskClient, order: Order
):
    answer = client.get(begin(client, order))
    gateway = gateway_of(current_settings())
    form = re.search(r'<form[^>]*action="([^"]+)"[^>]*data-auto-post', answer.text)
    assert form and form[1] == gateway.action and "<button" in answer.text
    names = {"v_mid", "v_oid", "v_amount", "v_moneytype", "v_url", "v_md5info", "remark2"}
    assert Fields(answer.text).names == names
    policy = answer.headers["Content-Security-Policy"]
    assert policy == CONTENT_POLICY.replace("form-action 'self'", f"form-action 'self' {gateway.origin}")
    assert answer.headers["Cache-Control"] == "no-store"
    other = client.get(f"/en/orders/{order.number}").headers["Content-Security-Policy"]
    assert other == CONTENT_POLICY and urlsplit(gateway.pay_url).netloc not in other


def test_return_and_notice_come_to_addresses_that_exist(app: Flask, order: Order):
    attempt = an_attempt(order, "en")
    form = gateway_of(current_settings()).form(attempt.oid, attempt.amount, "en")
    site = current_settings().site_url
    assert form["v_url"] == f"{site}/en{RETURN_PATH}" and form["remark2"] == f"[url:={site}{NOTICE_PATH}]"
    routes = app.url_map.bind("")
    assert routes.match(f"/en{RETURN_PATH}", method="POST")[0] == "payments.come_back"
    assert routes.match(NOTICE_PATH, method="POST")[0] == "payments_root.notice"


def test_every_press_is_an_attempt_with_a_number_of_its_own(client: FlaskClient, order: Order):
    assert [begin(client, order)[-2:] for _ in range(3)] == ["/1", "/2", "/3"]
    assert len(set(db.session.scalars(select(PaymentAttempt.oid)))) == 3


def test_one_press_sent_twice_is_one_attempt(client: FlaskClient, order: Order):
    action = f"/en/orders/{order.number}/online"
    fields = hidden_fields(client.get(action).text, action)
    answers = {client.post(action, data=fields).headers["Location"] for _ in range(3)}
    assert answers == {f"{action}/1"} and len(db.session.scalars(select(PaymentAttempt)).all()) == 1


def test_an_order_has_so_many_attempts_and_then_a_telephone(client: FlaskClient, order: Order):
    for _ in range(MOST_ATTEMPTS):
        an_attempt(order)
    action = f"/en/orders/{order.number}/online"
    answer = client.post(action, data=hidden_fields(client.get(action).text, action))
    assert answer.status_code == 409 and "Please call us" in answer.text


def test_a_stale_button_begins_nothing(client: FlaskClient, order: Order):
    answer = client.post(f"/en/orders/{order.number}/online", data={"form_token": "0.ffff"})
    assert "stale" in answer.headers["Location"] and db.session.scalars(select(PaymentAttempt)).all() == []


@pytest.mark.parametrize("end", ["cancelled", "late", "paid"])
def test_what_cannot_be_paid_any_more_leads_to_the_order_and_begins_nothing(
    client: FlaskClient, order: Order, clock: Clock, end: str
):
    page = f"/en/orders/{order.number}/online"
    fields, attempt = hidden_fields(client.get(page).text, page), an_attempt(order)
    if end == "cancelled":
        cancel(order.id, BUYER, now())
    elif end == "late":
        clock.travel(minutes=31)
    else:
        notify(client, said_about(attempt))
    assert client.get(page).status_code == 303
    assert client.post(page, data=fields).status_code == 409
    assert client.get(f"{page}/1").headers["Location"] == f"{page}/1/result"
    assert len(db.session.scalars(select(PaymentAttempt)).all()) == 1


def test_an_order_to_be_remitted_has_no_page_of_online_payment_nor_the_other_way_round(
    client: FlaskClient, buyer: Account, order: Order
):
    remitted = an_order(account=buyer)
    assert client.get(f"/en/orders/{remitted.number}/online").status_code == 303
    assert client.get(f"/en/orders/{order.number}/remittance").headers["Location"].endswith("/online")
    with pytest.raises(MoveRefused):
        add_voucher(order, a_picture(), BUYER, now())


def test_nobody_elses_order_is_paid_or_looked_at(client: FlaskClient, order: Order, app: Flask):
    attempt = an_attempt(order)
    stranger = signed_in(app.test_client(), a_buyer())
    page = f"/en/orders/{order.number}/online"
    for path in (page, f"{page}/{attempt.number}", f"{page}/{attempt.number}/result"):
        assert stranger.get(path).status_code == 404
        assert app.test_client().get(path).status_code == 302
    assert stranger.post(page, data={}).status_code == 404
    assert client.get(f"{page}/98/result").status_code == 404


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize(
    ("status", "chinese", "english"),
    [
        (None, "尚未收到", "not told us yet"),
        ("20", "已收到", "Payment received"),
        ("30", "付款未成功", "payment failed"),
    ],
)
def test_the_result_says_what_the_institution_said(
    client: FlaskClient, order: Order, lang: str, status: str | None, chinese: str, english: str
):
    attempt = an_attempt(order)
    if status:
        notify(client, said_about(attempt, v_pstatus=status))
    page = client.get(f"/{lang}/orders/{order.number}/online/1/result").text
    assert (chinese if lang == "zh-cn" else english) in page


def test_the_result_of_money_that_came_too_late_says_that_it_is_kept(client: FlaskClient, order: Order):
    attempt = an_attempt(order)
    cancel(order.id, BUYER, now())
    notify(client, said_about(attempt))
    assert "We keep it for you" in client.get(f"/en/orders/{order.number}/online/1/result").text
    assert the_order(attempt).paid_at is None


def test_an_unpaid_order_is_held_for_half_an_hour_and_nobody_is_reminded_of_a_remittance(order: Order, clock: Clock):
    assert remind_unpaid() == 0 and db.session.scalars(awaiting_remittance()).all() == []
    clock.travel(minutes=29)
    assert expire_holds() == 0
    clock.travel(minutes=2)
    assert expire_holds() == 1


def test_lists_and_order_page_lead_to_the_right_page(client: FlaskClient, order: Order):
    for page in ("/en/orders", f"/en/orders/{order.number}"):
        assert f"/en/orders/{order.number}/online" in client.get(page).text
    assert "Please pay" in client.get(f"/en/orders/{order.number}").text


@pytest.mark.parametrize("path", ["{}", "{}/0", "{}/100", "{}/1/nonsense"])
def test_nonsense_in_the_address_is_a_404(client: FlaskClient, order: Order, path: str):
    assert client.get(f"/en/orders/{order.number}/{path.format('onlin')}").status_code == 404


def test_returning_by_get_or_without_anything_is_no_fault(client: FlaskClient):
    assert client.get(f"/en{RETURN_PATH}").status_code == 405
    assert client.post(f"/en{RETURN_PATH}").status_code == 303
    assert client.post(NOTICE_PATH).text == "error"
