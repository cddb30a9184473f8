"""An unpaid order is paid another way: its hold follows the way, and money under way by the former one still counts."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel, expire_holds
from app.orders.lifecycle import HOLDS, ONLINE, REMITTANCE, Actor, MoveNotAllowed, MoveRefused
from app.orders.models import Order
from app.payments.changing_way import HoldWouldBeOver, other_way, pay_another_way
from app.payments.chinabank.attempting import can_be_paid_online
from app.payments.models import Remittance
from app.payments.proving import differences
from tests.accounts.builders import signed_in
from tests.checkout.at_once import all_at_once
from tests.checkout.builders import an_order
from tests.checkout.pages import hidden_fields
from tests.payments.builders import pay
from tests.payments.online import an_attempt, an_online_order, notify, said_about

BUYER = Actor("buyer", 77)


def stands(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def changed(order: Order, way: str) -> Order:
    pay_another_way(order.id, way, BUYER, now())
    return stands(order)


def codes(order: Order) -> list[str]:
    return list(db.session.scalars(select(Remittance.code).where(Remittance.order_id == order.id)))


def test_the_hold_follows_the_way_and_counts_from_placing(app: Flask, clock: Clock):
    order = an_online_order()
    clock.travel(minutes=20)
    assert changed(order, REMITTANCE).hold_until == order.placed_at + HOLDS[REMITTANCE]
    assert changed(order, ONLINE).hold_until == order.placed_at + HOLDS[ONLINE]
    clock.travel(minutes=11)
    assert expire_holds() == 1


def test_to_and_fro_gains_no_time_and_makes_one_code(app: Flask, clock: Clock):
    order = an_order()
    [code] = codes(order)
    for _ in range(3):
        clock.travel(minutes=4)
        changed(order, ONLINE)
        changed(order, REMITTANCE)
    assert codes(order) == [code] and stands(order).hold_until == order.placed_at + HOLDS[REMITTANCE]


def test_half_an_hour_after_placing_the_order_cannot_be_paid_online_any_more(app: Flask, clock: Clock):
    order = an_order()
    clock.freeze(order.placed_at + HOLDS[ONLINE] - timedelta(seconds=1))
    assert other_way(order, now()) == ONLINE
    clock.travel(seconds=1)
    assert other_way(order, now()) is None
    with pytest.raises(HoldWouldBeOver):
        changed(order, ONLINE)
    assert stands(order).payment_method == REMITTANCE


def test_what_is_paid_cancelled_or_out_of_time_keeps_its_way(app: Flask, clock: Clock):
    paid, gone, late = an_order(), an_order(), an_online_order()
    pay(paid)
    cancel(gone.id, BUYER, now())
    clock.travel(minutes=31)
    for order, way in ((paid, ONLINE), (gone, ONLINE), (late, REMITTANCE)):
        with pytest.raises(MoveRefused):
            changed(order, way)
        assert other_way(stands(order), now()) is None


@pytest.mark.parametrize("way", ["", "gold", "remittance "])
def test_there_is_no_third_way(app: Flask, way: str):
    with pytest.raises(MoveRefused):
        changed(an_order(), way)


def test_only_the_buyer_changes_it(app: Flask):
    with pytest.raises(MoveNotAllowed):
        pay_another_way(an_order().id, ONLINE, Actor("manager", 1), now())


@pytest.mark.clause("1.1.4b")
def test_an_attempt_under_way_is_still_applied_when_the_order_is_to_be_remitted(app: Flask, client: FlaskClient):
    attempt = an_attempt()
    order = changed(attempt.order, REMITTANCE)
    assert not can_be_paid_online(order, now())
    assert notify(client, said_about(attempt)) == "ok"
    assert stands(order).state == "awaiting_shipment" and differences(db.session()) == []


def test_a_remittance_under_way_is_still_applied_when_the_order_is_to_be_paid_online(app: Flask):
    order = changed(an_order(), ONLINE)
    pay(order)
    assert stands(order).state == "awaiting_shipment" and differences(db.session()) == []


def test_both_ways_paying_at_once_is_applied_once_and_the_rest_kept(app: Flask, client: FlaskClient):
    attempt = an_attempt()
    order = changed(attempt.order, REMITTANCE)
    pay(order)
    assert notify(client, said_about(attempt)) == "ok"
    assert stands(order).paid == order.total and differences(db.session()) == []


@pytest.mark.parametrize(("way", "code"), [(REMITTANCE, "order.to_remit"), (ONLINE, "order.to_pay_online")])
def test_the_buyer_is_told_once_and_the_timeline_says_so(app: Flask, way: str, code: str):
    order = an_online_order() if way == REMITTANCE else an_order()
    for _ in range(2):
        changed(order, way)
    sms = select(OutboxMessage.id).where(OutboxMessage.code == code, OutboxMessage.channel == "sms")
    assert len(db.session.scalars(sms).all()) == 1
    assert [event.name for event in stands(order).events] == ["place", "way"]


def check_many_at_once(app: Flask) -> None:
    order = an_order()
    order_id = order.id
    ways = [ONLINE, REMITTANCE] * 6
    all_at_once(app, [lambda way=way: pay_another_way(order_id, way, BUYER, now()) for way in ways], most=6)
    stood = stands(order)
    assert stood.hold_until == stood.placed_at + HOLDS[stood.payment_method] and len(codes(order)) == 1


def test_many_changes_at_once(app: Flask):
    check_many_at_once(app)


@pytest.mark.part("postgresql")
def test_many_changes_at_once_on_postgresql(pg_shop: Flask):
    check_many_at_once(pg_shop)


@pytest.mark.parametrize(
    ("lang", "online", "remit"),
    [("en", "Pay online instead", "Pay by remittance instead"), ("zh-cn", "改为在线支付", "改为线下汇款")],
)
def test_the_button_leads_to_the_page_of_the_other_way(
    client: FlaskClient, buyer: Account, lang: str, online: str, remit: str
):
    order = an_order(account=buyer)
    for page, button, to in (("remittance", online, "online"), ("online", remit, "remittance")):
        shown = client.get(f"/{lang}/orders/{order.number}/{page}").text
        assert button in shown and button in client.get(f"/{lang}/orders/{order.number}").text
        action = f"/{lang}/orders/{order.number}/way/{to}"
        answer = client.post(action, data=hidden_fields(shown, action))
        assert answer.headers["Location"] == f"/{lang}/orders/{order.number}/{to}?done=way_changed"


def test_a_stranger_changes_nothing_and_a_form_without_token_neither(client: FlaskClient, buyer: Account):
    order, mine = an_order(), an_order(account=buyer)
    assert client.post(f"/en/orders/{order.number}/way/online").status_code == 404
    assert client.post(f"/en/orders/{mine.number}/way/gold").status_code == 404
    client.post(f"/en/orders/{mine.number}/way/online")
    assert stands(order).payment_method == stands(mine).payment_method == REMITTANCE


def test_too_late_is_said_on_the_page_of_payment(client: FlaskClient, buyer: Account, clock: Clock):
    order = an_order(account=buyer)
    signed_in(client, buyer)
    action = f"/en/orders/{order.number}/way/online"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action)
    clock.travel(minutes=30)
    answer = client.post(action, data=fields)
    assert "that time is over. Please remit." in client.get(answer.headers["Location"]).text
