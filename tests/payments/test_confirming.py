"""Confirming a remittance: what arrived, on a possible day, under the bank's own number. Clause 1.1.5a; FLOWS.md 3."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now, today
from app.foundation.database import db
from app.foundation.money import ZERO, Money
from app.foundation.permissions import ROLES
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel, expire_holds
from app.orders.lifecycle import MOVES, Actor, MoveNotAllowed
from app.orders.models import Order, OrderEvent
from app.payments.applying import ReferenceReused
from app.payments.confirming import ImpossibleDay, bank_reference_in
from app.payments.models import Allocation, Receipt
from app.payments.proving import differences
from app.payments.queries import receipts_for, unapplied
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.stock.builders import a_stocked_sku, level_of

FEN = Money(1)


@pytest.fixture
def order(app: Flask) -> Order:
    return an_order()


def now_standing(order: Order) -> Order:
    db.session.expire_all()
    return db.session.get_one(Order, order.id)


def told(code: str) -> list[OutboxMessage]:
    rows = select(OutboxMessage).where(OutboxMessage.code == code, OutboxMessage.channel == "site")
    return list(db.session.scalars(rows))


def happened(order: Order) -> dict[str, Money | None]:
    rows = db.session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id))
    return {event.name: event.amount for event in rows}


@pytest.mark.clause("1.1.5a")
def test_the_whole_amount_moves_the_order_on_and_is_told_and_recorded(order: Order):
    receipt = pay(order).receipt
    standing = now_standing(order)
    assert (standing.state, standing.paid, standing.due_now) == ("awaiting_shipment", order.total, ZERO)
    assert (receipt.received_on, receipt.recorded_by, receipt.rest) == (today(), 4711, ZERO)
    assert len(told("order.paid")) == 1
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "order.pay")).one()
    assert entry.actor == 4711 and entry.facts["amount"] == str(order.total)


@pytest.mark.clause("1.1.5a")
def test_too_little_is_applied_and_the_order_waits_for_the_rest(order: Order):
    pay(order, order.total - FEN)
    standing = now_standing(order)
    assert (standing.state, standing.due_now) == ("awaiting_payment", FEN)
    assert happened(order)["pay_part"] == order.total - FEN
    assert len(told("order.part_paid")) == 1 and not told("order.paid")
    pay(order, FEN)
    assert (now_standing(order).state, len(told("order.paid"))) == ("awaiting_shipment", 1)
    assert len(receipts_for(db.session(), order.id)) == 2 and differences(db.session()) == []


@pytest.mark.clause("1.1.5a")
def test_too_much_pays_the_order_and_the_surplus_lies_unapplied(order: Order):
    received = pay(order, order.total + FEN)
    assert (received.applied, received.receipt.rest) == (order.total, FEN)
    assert now_standing(order).state == "awaiting_shipment"
    assert happened(order)["money_kept"] == FEN and len(told("order.money_kept")) == 1
    assert [each.id for each in db.session.scalars(unapplied())] == [received.receipt.id]


@pytest.mark.parametrize("fen", [0, -1])
def test_an_order_paid_already_takes_no_more(order: Order, fen: int):
    pay(order)
    second = pay(order, order.total + Money(fen))
    assert (second.applied, second.receipt.rest) == (ZERO, order.total + Money(fen))
    assert now_standing(order).paid == order.total and len(told("order.paid")) == 1


@pytest.mark.parametrize("fen", [-1, 0, 1])
def test_the_same_transfer_confirmed_again_is_the_same_answer_and_changes_nothing(order: Order, fen: int):
    first = pay(order, order.total + Money(fen), reference="2026112300417")
    applied, rest = first.applied, first.receipt.rest
    for by in (Actor("finance", 4711), Actor("manager", 2)):
        again = pay(order, order.total + Money(fen), reference="2026112300417", by=by)
        assert (again.receipt.id, again.applied, again.receipt.rest) == (first.receipt.id, applied, rest)
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 1
    assert len(told("order.money_kept")) == (fen > 0) and len(told("order.part_paid")) == (fen < 0)
    assert now_standing(order).paid == applied


@pytest.mark.parametrize("fault", ["amount", "day"])
def test_one_number_stands_for_one_payment(app: Flask, clock: Clock, fault: str):
    clock.travel(days=-1)
    order = an_order()
    clock.travel(days=1)
    pay(order, reference="2026112300417")
    with pytest.raises(ReferenceReused):
        if fault == "amount":
            pay(order, order.total + FEN, reference="2026112300417")
        else:
            pay(order, reference="2026112300417", day=today() - timedelta(days=1))
    assert db.session.scalars(select(Receipt)).one().amount == order.total


def test_one_transfer_may_pay_a_second_order_with_what_is_left(app: Flask):
    first, second = an_order(), an_order()
    whole = first.total + second.total
    pay(first, whole, reference="2026112300417")
    received = pay(second, whole, reference="2026112300417")
    assert received.applied == second.total and received.receipt.rest == ZERO
    assert now_standing(second).state == "awaiting_shipment" and differences(db.session()) == []


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_money_does_not_arrive_before_the_order_nor_tomorrow(order: Order, days: int):
    with pytest.raises(ImpossibleDay):
        pay(order, day=today() + timedelta(days=days))
    assert db.session.scalars(select(Receipt)).all() == []


def test_money_for_a_cancelled_order_is_kept_and_never_revives_it(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku)
    cancel(order.id, Actor("buyer", 1), now())
    received = pay(order)
    assert (received.applied, received.receipt.rest, received.receipt.meant_for) == (ZERO, order.total, order.id)
    assert (now_standing(order).state, now_standing(order).paid) == ("cancelled", ZERO)
    assert level_of(sku, place) == (5, 0)
    assert happened(order)["money_late"] == order.total and len(told("order.money_kept")) == 1


def test_money_for_an_expired_order_is_kept(order: Order, clock: Clock):
    clock.travel(days=6)
    expire_holds()
    assert pay(order).receipt.rest == order.total


@pytest.mark.parametrize("ends", ["cancelled", "expired"])
def test_what_was_paid_in_part_is_free_again_when_the_order_ends(order: Order, clock: Clock, ends: str):
    receipts = [pay(order, Money(1000)).receipt.id, pay(order, Money(234)).receipt.id]
    if ends == "cancelled":
        cancel(order.id, Actor("buyer", 1), now())
    else:
        clock.travel(days=6)
        expire_holds()
    standing = now_standing(order)
    assert (standing.state, standing.paid, standing.due_now) == ("cancelled", ZERO, ZERO)
    assert [each.id for each in db.session.scalars(unapplied())] == receipts
    assert db.session.scalars(select(Allocation)).all() == [] and differences(db.session()) == []
    assert happened(order)["money_freed"] == Money(1234) and len(told("order.money_kept")) == 1


@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("role", [*sorted(ROLES), "clock", "owner"])
def test_only_those_the_table_names_confirm(order: Order, role: str):
    by = Actor(role, 1)
    if MOVES["pay"].permission in ROLES.get(role, ()):
        pay(order, by=by)
    else:
        with pytest.raises(MoveNotAllowed):
            pay(order, by=by)
        assert now_standing(order).state == "awaiting_payment"
        assert db.session.scalars(select(Receipt)).all() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" 2026 1123 00417 ", "20261123" + "00417"),
        ("hv-2026/ab", "HV-2026/AB"),
        ("123", None),
        ("", None),
        ("7" * 65, None),
        ("', DROP", None),
        ("网银0001", None),
    ],
)
def test_a_banks_number_however_it_is_typed(typed: str, found: str | None):
    assert bank_reference_in(typed) == found
