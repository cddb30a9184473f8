"""The desks' queues and each day's facts."""

from datetime import datetime, timedelta

from flask import Flask

from app.foundation.clock import SHANGHAI, Clock, now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.queries import awaiting_remittance, awaiting_shipment, day_totals
from app.orders.tabs import counts_by_tab
from app.payments.queries import expected_remittances, remittance_coded, remittance_of
from tests.checkout.builders import a_buyer, an_order
from tests.payments.builders import pay

FINANCE = Actor("finance", 1)


def test_the_facts_of_a_day_are_exact_and_of_chinas_day(app: Flask, clock: Clock):
    clock.freeze(datetime(2026, 11, 22, 23, 59, 59, tzinfo=SHANGHAI))
    before = an_order()
    clock.travel(seconds=1)
    first, second = an_order(), an_order()
    pay(before)
    cancel(first.id, Actor("buyer", 1), now())
    day = day_totals(db.session(), today())
    assert (day.placed, day.placed_amount) == (2, first.total + second.total)
    assert (day.paid, day.paid_amount) == (1, before.total)
    assert (day.cancelled, day.cancelled_amount) == (1, first.total)
    yesterday = day_totals(db.session(), today() - timedelta(days=1))
    assert (yesterday.placed, yesterday.placed_amount, yesterday.paid) == (1, before.total, 0)


def test_a_day_without_orders_is_nought(app: Flask):
    assert day_totals(db.session(), today()).placed_amount == Money(0)


def test_the_finance_desk_sees_unpaid_orders_by_how_soon_they_end(app: Flask, clock: Clock):
    early = an_order()
    clock.travel(hours=1)
    late, paid = an_order(), an_order()
    pay(paid)
    assert [order.id for order in db.session.scalars(awaiting_remittance())] == [early.id, late.id]
    assert [row.order.id for row in db.session.scalars(expected_remittances())] == [early.id, late.id]


def test_the_shipping_desk_sees_paid_parts_longest_paid_first(app: Flask, clock: Clock):
    first, second, unpaid = an_order(), an_order(), an_order()
    pay(second)
    clock.travel(minutes=5)
    pay(first)
    waiting = db.session.scalars(awaiting_shipment()).all()
    assert [part.order.id for part in waiting] == [second.id, first.id]
    assert unpaid.id not in {part.order_id for part in waiting}


def test_a_code_from_a_statement_finds_its_remittance_and_a_mistyped_one_finds_none(app: Flask):
    expected = remittance_of(db.session(), an_order().id)
    assert remittance_coded(db.session(), expected.spoken_code) is expected
    wrong = expected.code[:-1] + str((int(expected.code[-1]) + 1) % 10)
    assert remittance_coded(db.session(), wrong) is None


def test_counts_are_of_one_buyer_only(app: Flask):
    an_order()
    buyer = a_buyer()
    an_order(account=buyer)
    assert counts_by_tab(db.session(), buyer.id)["awaiting_payment"] == 1
    assert counts_by_tab(db.session(), buyer.id)[""] == 1
