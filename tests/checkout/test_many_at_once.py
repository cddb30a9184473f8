"""Buyers at the same moment: one unit, one form, one order to cancel. FLOWS.md 1; clause 1.1.3a."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.checkout.placing import NothingToOrder
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.cancelling import cancel, expire_holds
from app.orders.lifecycle import HOLDS, REMITTANCE, Actor, MoveRefused
from app.orders.models import Order
from app.payments.confirming import confirm_remittance
from app.payments.proving import differences
from app.stock.errors import OutOfStock
from app.stock.queries import levels_off_ledger
from tests.accounts.builders import signed_in
from tests.checkout.at_once import Act, all_at_once, buyers_about_to_press
from tests.checkout.builders import a_buyer, an_order
from tests.checkout.pages import hidden_fields
from tests.stock.builders import a_stocked_sku, level_of


@pytest.mark.clause("1.1.3a")
def test_a_hundred_buyers_after_the_last_unit_and_one_order(app: Flask):
    sku, [place] = a_stocked_sku(1)
    answers = all_at_once(app, buyers_about_to_press(100, sku))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert {answer for answer in answers if not isinstance(answer, str)} <= {OutOfStock, NothingToOrder}
    assert level_of(sku, place) == (1, 1)
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1
    assert levels_off_ledger(db.session()) == []


@pytest.mark.clause("1.1.3a")
def test_one_form_sent_sixteen_times_at_once_is_one_order(app: Flask):
    sku, [place] = a_stocked_sku(50)
    [act] = buyers_about_to_press(1, sku)
    answers = all_at_once(app, [act] * 16)
    assert len(set(answers)) == 1 and isinstance(answers[0], str)
    assert level_of(sku, place) == (50, 1)


def test_sixteen_browsers_buying_through_the_pages_at_once_all_get_an_answer(app: Flask):
    sku, [place] = a_stocked_sku(8)
    buyers = [a_buyer(sku) for _ in range(16)]
    browsers = [signed_in(app.test_client(), buyer) for buyer in buyers]

    def press(browser: Any) -> int:
        page = browser.get("/en/checkout")
        if page.status_code != 200:
            return int(page.status_code)
        fields = hidden_fields(page.text, "/en/checkout")
        return int(browser.post("/en/checkout", data=fields).status_code)

    answers = all_at_once(app, [lambda browser=browser: press(browser) for browser in browsers])
    assert set(answers) == {303}
    assert level_of(sku, place) == (8, 8)
    assert db.session.scalar(select(func.count()).select_from(Order)) == 8


def test_an_order_cancelled_by_many_at_once_gives_its_units_back_once(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku, quantity=3)
    acts = [lambda role=role: cancel(order.id, Actor(role, 1), now()) for role in ("buyer", "clerk") * 8]
    answers = all_at_once(app, acts)
    assert answers.count(None) == 1 and answers.count(MoveRefused) == 15
    assert level_of(sku, place) == (5, 0)


def test_paid_or_cancelled_or_expired_but_never_two_of_them(app: Flask, clock: Clock):
    skus = [a_stocked_sku(2) for _ in range(6)]
    made = [an_order(sku) for sku, _ in skus]
    late = now() + HOLDS[REMITTANCE]
    acts: list[Act] = []
    for order in made:
        money = (order.id, f"B{order.number}", order.total, late.date(), Actor("finance", 2), late)
        acts += [lambda money=money: confirm_remittance(*money).applied]
        acts += [lambda order_id=order.id: cancel(order_id, Actor("buyer", 1), late)]
    clock.travel(seconds=HOLDS[REMITTANCE].total_seconds() + 60)
    answers = all_at_once(app, [*acts, expire_holds])
    assert {answer for answer in answers if isinstance(answer, type)} <= {MoveRefused}
    for order, (sku, [place]) in zip(made, skus, strict=True):
        db.session.expire_all()
        found = db.session.get_one(Order, order.id)
        assert (found.paid_at is None) != (found.cancelled_at is None)
        assert found.paid == (found.total if found.paid_at else Money(0))
        assert level_of(sku, place) == ((2, 1) if found.paid_at else (2, 0))
    assert levels_off_ledger(db.session()) == []
    assert differences(db.session()) == []
