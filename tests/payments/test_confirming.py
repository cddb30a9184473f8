"""Confirming a remittance: the exact amount, on a possible day, once. Clause 1.1.5a; FLOWS.md 3."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.foundation.permissions import ROLES
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel, expire_holds
from app.orders.lifecycle import MOVES, Actor, MoveNotAllowed, MoveRefused
from app.orders.models import Order
from app.payments.confirming import ImpossibleDay, LateMoney, WrongAmount, confirm_remittance
from app.payments.queries import remittance_of
from tests.checkout.builders import an_order
from tests.stock.builders import a_stocked_sku, level_of

FINANCE = Actor("finance", 4711)


@pytest.fixture
def order(app: Flask) -> Order:
    return an_order()


def confirm(order: Order, **given) -> None:
    amount, day = given.get("amount", order.total), given.get("day", today())
    confirm_remittance(order.id, amount, day, given.get("by", FINANCE), now())


def state_of(order: Order) -> str:
    return db.session.scalars(select(Order.state).where(Order.id == order.id)).one()


@pytest.mark.clause("1.1.5a")
def test_the_exact_amount_moves_the_order_on_and_is_told_and_recorded(order: Order):
    confirm(order)
    expected = remittance_of(db.session(), order.id)
    assert state_of(order) == "awaiting_shipment" and expected.received_on == today()
    assert expected.confirmed_by == 4711 and expected.confirmed_at
    assert db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.code == "order.paid")).all()
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "order.pay")).one()
    assert entry.actor == 4711 and entry.facts["amount"] == str(order.total)


@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("fen", [-1, 1, -100, 10**9])
def test_a_fen_too_few_or_too_many_is_refused(order: Order, fen: int):
    with pytest.raises(WrongAmount):
        confirm(order, amount=order.total + Money(fen))
    assert state_of(order) == "awaiting_payment"


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_money_does_not_arrive_before_the_order_nor_tomorrow(order: Order, days: int):
    with pytest.raises(ImpossibleDay):
        confirm(order, day=today() + timedelta(days=days))


def test_a_second_confirmation_is_refused_and_changes_nothing(order: Order):
    confirm(order)
    with pytest.raises(MoveRefused):
        confirm(order, by=Actor("manager", 2))
    assert remittance_of(db.session(), order.id).confirmed_by == 4711


def test_money_for_a_cancelled_order_is_late_and_never_revives_it(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku)
    cancel(order.id, Actor("buyer", 1), now())
    with pytest.raises(LateMoney):
        confirm(order)
    assert state_of(order) == "cancelled" and level_of(sku, place) == (5, 0)


def test_money_for_an_expired_order_is_late(order: Order, clock: Clock):
    clock.travel(days=6)
    expire_holds()
    with pytest.raises(LateMoney):
        confirm(order)


@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("role", [*sorted(ROLES), "clock", "owner"])
def test_only_those_the_table_names_confirm(order: Order, role: str):
    by = Actor(role, 1)
    if MOVES["pay"].permission in ROLES.get(role, ()):
        confirm(order, by=by)
    else:
        with pytest.raises(MoveNotAllowed):
            confirm(order, by=by)
        assert state_of(order) == "awaiting_payment"
