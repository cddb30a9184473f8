"""A buyer pays at the institution's own pages, over HTTP, in every way in which that may go. No script. FLOWS.md 2."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from app.foundation.clock import Clock
from app.foundation.database import db
from app.foundation.money import Money
from app.notifications.models import OutboxMessage
from app.orders.cancelling import expire_holds
from app.orders.models import Order
from app.payments.chinabank.asking import ask_the_institution
from app.payments.chinabank.simulator import WAYS, Simulator
from app.payments.proving import differences
from app.payments.queries import unapplied
from app.settings import current_settings
from bench.html_forms import Page
from tests.accounts.builders import signed_in
from tests.checkout.builders import a_buyer
from tests.journeys.browsing import Visitor
from tests.payments.online import a_running_institution, verdicts
from tests.standing_in import listening
from tests.stock.builders import a_stocked_sku, level_of


@contextmanager
def a_listening_shop(app: Flask) -> Iterator[None]:
    """The application behind a port of its own, which its addresses for the institution name."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with listening(app, server, site_url=f"http://127.0.0.1:{server.port}"):
        yield


@pytest.fixture
def institution(app: Flask) -> Iterator[Simulator]:
    with a_running_institution(app, resend_after_seconds=(0.1,) * 5) as simulator, a_listening_shop(app):
        yield simulator


class Payer:
    """A buyer without script: a browser signed in at the shop, and at the institution one without our cookies."""

    def __init__(self, app: Flask) -> None:
        self.sku, [self.warehouse] = a_stocked_sku(3, price=Money.yuan("13999.00"))
        self.visitor, self.bank = Visitor(app), requests.Session()
        signed_in(self.visitor.client, a_buyer(self.sku))

    def order(self) -> None:
        self.visitor.open("/zh-cn/checkout")
        self.visitor.send("/checkout", method="online")

    def pay(self, way: str) -> None:
        """From the page before leaving to the last page of the institution, and back where it leads back."""
        self.visitor.send("/online")
        form = self.visitor.page.form_to("/PayGate")
        page, host = self._post(form.action, dict(form.filled())), form.action.split("/PayGate")[0]
        for path, choice in (("/bank", {"bank": "3080"}), ("/pay", {"way": way})):
            page = self._post(host + path, dict(page.form_to(path).filled(**choice)))
        if back := [form for form in page.forms if "/pay/chinabank/return" in form.action]:
            answer = self.bank.post(back[0].action, data=dict(back[0].filled()), allow_redirects=False, timeout=10)
            assert answer.status_code == 303 and not answer.cookies
            self.visitor.open(answer.headers["Location"])

    def _post(self, url: str, fields: dict[str, str]) -> Page:
        return Page(self.bank.post(url, data=fields, timeout=10).text)


@pytest.fixture
def payer(app: Flask) -> Payer:
    return Payer(app)


def the_order() -> Order:
    db.session.expire_all()
    return db.session.scalars(select(Order)).one()


def soon(holds: Callable[[], bool], seconds: float = 40) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
        db.session.expire_all()
    return holds()


OUTCOMES = {
    "paid": ({"applied", "shown"}, "awaiting_shipment"),
    "failed": ({"failed", "shown"}, "awaiting_payment"),
    "notice-first": ({"applied", "shown"}, "awaiting_shipment"),
    "return-only": ({"shown"}, "awaiting_payment"),
    "never": (set(), "awaiting_payment"),
    "double": ({"applied", "repeated", "shown"}, "awaiting_shipment"),
    "held": ({"shown"}, "awaiting_payment"),
    "wrong-amount": ({"wrong_amount"}, "awaiting_payment"),
    "wrong-signature": ({"wrong_signature"}, "awaiting_payment"),
    "gbk": ({"applied", "shown"}, "awaiting_shipment"),
    "unpaid": (set(), "awaiting_payment"),
    "unknown": (set(), "awaiting_payment"),
}


def test_every_way_of_the_simulator_is_tried():
    assert set(OUTCOMES) == set(WAYS)


@pytest.mark.clause("1.1.4a")
@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("way", OUTCOMES)
def test_however_it_goes_only_the_institutions_own_word_moves_the_order(institution: Simulator, payer: Payer, way: str):
    said, state = OUTCOMES[way]
    payer.order()
    payer.pay(way)
    assert soon(lambda: set(verdicts()) == said and the_order().state == state), (verdicts(), the_order().state)
    assert (the_order().paid == the_order().total) == (state == "awaiting_shipment")
    assert level_of(payer.sku, payer.warehouse) == (3, 1)
    assert differences(db.session()) == []


def test_from_the_cart_to_the_paid_order_in_the_buyers_language(institution: Simulator, payer: Payer):
    payer.order()
    assert (
        "网银在线" in payer.visitor.page.text
        and "14,0" in payer.visitor.page.text
        or "13,999" in payer.visitor.page.text
    )
    payer.pay("notice-first")
    assert "网银在线已确认付款" in payer.visitor.page.text
    messages = db.session.scalars(select(OutboxMessage)).all()
    told = {(message.code, message.channel, message.language) for message in messages}
    codes = ("order.placed_online", "order.paid")
    assert told == {(code, channel, "zh-cn") for code in codes for channel in ("site", "sms")}
    assert [payment.answers for payment in institution.payments.values()] == [["ok"]]


def test_a_notice_after_the_order_ended_is_kept_as_unapplied_money(institution: Simulator, payer: Payer, clock: Clock):
    payer.order()
    payer.pay("held")
    clock.travel(minutes=31)
    assert expire_holds() == 1 and level_of(payer.sku, payer.warehouse) == (3, 0)
    [payment] = institution.payments.values()
    institution.notify(payment)
    assert verdicts() == ["shown", "late"] and payment.answers == ["ok"]
    assert [receipt.rest for receipt in db.session.scalars(unapplied())] == [the_order().total]


def test_money_without_notice_or_return_is_found_by_asking(institution: Simulator, payer: Payer, clock: Clock):
    payer.order()
    payer.pay("never")
    clock.travel(minutes=3)
    assert ask_the_institution() == 1 and the_order().state == "awaiting_shipment"


def test_a_shop_that_was_down_is_told_again_until_it_answers_ok(app: Flask, clock: Clock):
    with a_running_institution(app, resend_after_seconds=(0.1,) * 100) as institution:
        payer = Payer(app)
        with a_listening_shop(app):
            payer.order()
            payer.pay("held")
        [payment] = institution.payments.values()
        telling = Thread(target=institution.notify, args=(payment,))
        telling.start()
        assert soon(lambda: len(payment.answers) > 2) and "ok" not in payment.answers
        with a_listening_shop(app):
            payment.notice_url = f"{current_settings().site_url}/pay/chinabank/notice"
            telling.join(40)
    assert payment.answers[-1] == "ok" and the_order().state == "awaiting_shipment"
