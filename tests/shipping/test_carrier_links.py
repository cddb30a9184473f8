"""The carrier reads one consignee for as long as the delivery lasts, and the buyer sees it. Clause 1.1.5b."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.outbound import Disclosure
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from app.privacy.policy import deadline
from app.shipping.carrier_links import DeliveryOver, make_link, take_back, token_of
from app.shipping.models import CarrierLink, Parcel
from app.shipping.queries import parcels_of
from app.shipping.reporting import lock_parcel, report
from app.shipping.tracking import SIGNED, Happening
from tests.accounts.builders import signed_in
from tests.checkout.builders import CONSIGNEE
from tests.shipping.builders import CLERK, send
from tests.shipping.test_handing_over import a_paid_order

BUYER = Actor("buyer", 1)


@pytest.fixture
def order(app: Flask) -> Order:
    order = a_paid_order()
    send(order.parts[0])
    return order


def parcel_of(order: Order) -> Parcel:
    return parcels_of(db.session(), order.id)[order.parts[0].id][0]


def path_of(link: CarrierLink, lang: str = "zh-cn") -> str:
    return f"/{lang}/carrier/{token_of(link)}"


def shares() -> list[Disclosure]:
    return list(db.session.scalars(select(Disclosure).where(Disclosure.recipient.startswith("carrier."))))


@pytest.mark.clause("1.1.5b")
@pytest.mark.clause("4.1.3(1)")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_link_shows_the_consignee_and_each_look_is_on_the_ledger(client: FlaskClient, order: Order, lang: str):
    link = make_link(parcel_of(order).id, CLERK, now())
    answer = client.get(path_of(link, lang))
    page = answer.text
    assert answer.status_code == 200
    shown = {**CONSIGNEE, "mobile": CONSIGNEE["mobile"].removeprefix("+86")}
    assert all(value in page for value in shown.values()) and order.number in page
    assert str(order.total) not in page and order.lines[0].name_en not in page and order.lines[0].name_zh not in page
    [share] = shares()
    subject = db.session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))
    assert (share.subject, share.about, share.ground) == (subject, order.number, "4.1.1(4)")
    assert share.fields == sorted([*CONSIGNEE, "order", "parcels"])


def test_the_page_is_kept_and_indexed_by_nobody(client: FlaskClient, order: Order):
    answer = client.get(path_of(make_link(parcel_of(order).id, CLERK, now())))
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"].startswith("noindex") and 'content="noindex' in answer.text
    assert "/m/b.gif" not in answer.text and "Set-Cookie" not in answer.headers


@pytest.mark.clause("4.1.3b")
@pytest.mark.clause("1.1.5b")
@pytest.mark.parametrize("end", ["signed", "received", "taken back", "its last day", "erased"])
def test_the_link_is_dead_once_the_delivery_is_over(client: FlaskClient, order: Order, clock: Clock, end: str):
    parcel = parcel_of(order)
    link = make_link(parcel.id, CLERK, now())
    if end == "signed":
        with transaction() as session:
            report(session, *lock_parcel(session, parcel.id), [Happening(now(), SIGNED, "signed")], now())
    elif end == "received":
        confirm_receipt(parcel.part_id, BUYER, now())
    elif end == "taken back":
        assert take_back(parcel.id, CLERK, now()) == 1
    elif end == "its last day":
        clock.travel(seconds=deadline("carrier.access_after_delivery").total_seconds())
    else:
        data_keys().destroy(order.subject_id)
    answer = client.get(path_of(link))
    assert answer.status_code == 410 and "示例路" not in answer.text and shares() == []


@pytest.mark.parametrize("token", ["x", "1.abc", "%00", "x" * 900, "MQ.2jmj7l5rSw0yVb_vlWAYkK_YBwk"])
def test_a_forged_link_is_no_page(client: FlaskClient, token: str):
    assert client.get(f"/zh-cn/carrier/{token}").status_code == 404
    assert shares() == []


def test_only_who_may_ship_gives_a_link_and_only_for_a_delivery_under_way(order: Order):
    parcel = parcel_of(order)
    for role in ("buyer", "finance", "marketer", "clock"):
        with pytest.raises(MoveNotAllowed):
            make_link(parcel.id, Actor(role, 1), now())
    confirm_receipt(parcel.part_id, BUYER, now())
    with pytest.raises(DeliveryOver):
        make_link(parcel.id, CLERK, now())


def test_the_buyer_sees_each_look(client: FlaskClient, app: Flask, order: Order):
    link = make_link(parcel_of(order).id, CLERK, now())
    buyer = signed_in(app.test_client(), db.session.get_one(Account, order.account_id))
    assert "Read by the carrier" not in buyer.get(f"/en/orders/{order.number}").text
    client.get(path_of(link))
    assert "Read by the carrier" in buyer.get(f"/en/orders/{order.number}").text
