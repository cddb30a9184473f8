"""Orders that are paid online, attempts to pay them, and what the institution says, rightly signed or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.lifecycle import ONLINE, Actor
from app.orders.models import Order
from app.payments.chinabank.attempting import begin_attempt
from app.payments.chinabank.gateway import NOTICE_PATH, gateway_of
from app.payments.chinabank.models import GatewayMessage, PaymentAttempt
from app.payments.chinabank.protocol import SIGNED_FIELDS, Merchant
from app.payments.chinabank.queries import attempt_numbered
from app.payments.chinabank.simulator import Simulator, form_body, serve
from app.settings import current_settings
from tests.checkout.builders import an_order
from tests.standing_in import listening

BUYER = Actor("buyer", 77)


def an_online_order(*skus: Any, account: Account | None = None) -> Order:
    return an_order(*skus, account=account, method=ONLINE)


def an_attempt(order: Order | None = None, lang: str = "zh-cn") -> PaymentAttempt:
    """The buyer has set out to pay; an order of its own unless one is given."""
    order = order or an_online_order()
    number = begin_attempt(order.id, gateway_of(current_settings()), lang, now())
    return attempt_numbered(db.session(), order, number)


def merchant() -> Merchant:
    return gateway_of(current_settings()).merchant


def said_about(attempt: PaymentAttempt, **other: str) -> dict[str, str]:
    """The fields of a message that says "paid", signed after `other` has taken the place of some of them."""
    fields = {"v_oid": attempt.oid, "v_pstatus": "20", "v_amount": str(attempt.amount), "v_moneytype": "CNY"}
    fields |= {name: value for name, value in other.items() if name != "v_md5str"}
    signature = merchant().signed(*(fields[name] for name in SIGNED_FIELDS[:4]))
    return {**fields, "v_md5str": other.get("v_md5str", signature), "v_pmode": "工商银行", "v_pstring": "支付成功"}


def notify(client: FlaskClient, fields: dict[str, str] | bytes) -> str:
    """The institution posts; gives our answer."""
    body = fields if isinstance(fields, bytes) else form_body(fields, "gbk")
    return client.post(NOTICE_PATH, data=body, content_type="application/x-www-form-urlencoded").text


def the_order(attempt: PaymentAttempt) -> Order:
    return db.session.get_one(Order, attempt.order_id, populate_existing=True)


def fresh(attempt: PaymentAttempt) -> PaymentAttempt:
    return db.session.get_one(PaymentAttempt, attempt.id, populate_existing=True)


def verdicts() -> list[str]:
    """Of every message, oldest first."""
    return list(db.session.scalars(select(GatewayMessage.verdict).order_by(GatewayMessage.received_at)))


@contextmanager
def a_running_institution(app: Flask, **settings: Any) -> Iterator[Simulator]:
    """The simulator behind real HTTP, and the application told where it is."""
    before = current_settings()
    simulator = Simulator(Merchant(before.chinabank_merchant, before.chinabank_key), **settings)
    server = serve(simulator, 0)
    address = f"http://localhost:{server.server_address[1]}"
    addresses = {"chinabank_gateway": f"{address}/PayGate", "chinabank_query": f"{address}/receiveorder.jsp"}
    with listening(app, server, **addresses):
        yield simulator
