"""What finance does with a row: applied once, split, merged, kept, set aside; above the limit by two. Clause 1.1.5a."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, new_id
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.foundation.two_people import NotWaiting, SamePerson
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.models import Order, OrderEvent
from app.payments.applying import LateMoney, NotThatMuch
from app.payments.approving import (
    Approval,
    AskedAlready,
    approve,
    confirm,
    use,
    withdraw,
)
from app.payments.bank.checking import check_again
from app.payments.bank.deciding import RowDecided, apply_fitting, apply_row, set_aside, take_back
from app.payments.bank.models import APPLIED, SET_ASIDE, VALID, BankRow
from app.payments.models import Receipt
from app.payments.proving import differences
from tests.checkout.at_once import Act, all_at_once
from tests.checkout.builders import an_order
from tests.payments.bank.builders import a_row, a_transfer, code_of, rows, taken_in
from tests.payments.builders import FINANCE

SECOND = Actor("manager", 815)


@pytest.fixture
def low_limit(app: Flask):
    """One person may move 1 yuan."""
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, remittance_two_people_above=1)
    yield
    app.extensions["settings"] = kept


def standing(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def apply(row: BankRow, *wanted: tuple[Order, Money], by: Actor = FINANCE):
    return apply_row(row.id, {order.id: amount for order, amount in wanted}, by, now())


@pytest.mark.clause("1.1.5a")
def test_a_row_that_fits_is_applied_once_and_for_all(app: Flask):
    order = an_order()
    row = a_row(str(order.total), code_of(order))
    assert apply_fitting(FINANCE, now()) == (1, 0)
    assert apply_fitting(FINANCE, now()) == (0, 0)
    (row,) = rows()
    assert (row.state, row.decided_by, standing(order).state) == (APPLIED, 4711, "awaiting_shipment")
    assert row.receipt and (row.receipt.amount, row.receipt.reference) == (order.total, row.reference)
    with pytest.raises(RowDecided):
        apply(row, (order, order.total))
    assert differences(db.session()) == []


def test_a_row_that_fitted_once_is_judged_anew_before_it_is_applied(app: Flask):
    order = an_order()
    a_row(str(order.total), code_of(order))
    cancel(order.id, Actor("buyer", 1), now())
    assert rows()[0].state == VALID
    assert apply_fitting(FINANCE, now()) == (0, 0)
    assert (rows()[0].state, rows()[0].reasons) == ("needs_person", ["order_ended"])
    assert db.session.scalars(select(Receipt)).all() == []


def test_one_transfer_pays_for_several_orders(app: Flask):
    first, second = an_order(), an_order()
    row = a_row(str(first.total + second.total + Money(7)), f"{code_of(first)} {code_of(second)}")
    receipt = apply(row, (first, first.total), (second, second.total))
    assert isinstance(receipt, Receipt) and receipt.rest == Money(7)
    assert {standing(first).state, standing(second).state} == {"awaiting_shipment"}


def test_several_transfers_pay_for_one_order(app: Flask):
    order = an_order()
    part = order.total.share(1, 3)
    taken_in(a_transfer(str(part), number="PART1"), a_transfer(str(order.total - part), number="PART2"))
    apply(rows()[0], (order, part))
    assert (standing(order).state, standing(order).due_now) == ("awaiting_payment", order.total - part)
    apply(rows()[1], (order, order.total - part))
    assert standing(order).state == "awaiting_shipment"


def test_what_an_order_does_not_need_stays_unapplied_and_can_be_moved(app: Flask):
    order, other = an_order(), an_order()
    row = a_row(str(order.total + other.total), code_of(order))
    receipt = apply(row, (order, row.amount))
    assert isinstance(receipt, Receipt) and receipt.rest == other.total
    use(receipt.id, other.id, other.total, FINANCE, now())
    assert standing(other).state == "awaiting_shipment" and differences(db.session()) == []


def test_money_without_an_order_is_kept_as_unapplied(app: Flask):
    receipt = apply(a_row("5.00"))
    assert isinstance(receipt, Receipt) and (receipt.rest, receipt.meant_for) == (Money(500), None)


def test_late_money_is_kept_and_the_buyer_told(app: Flask):
    order = an_order()
    row = a_row(str(order.total), code_of(order))
    cancel(order.id, Actor("buyer", 1), now())
    receipt = apply(row, (order, row.amount))
    assert isinstance(receipt, Receipt) and (receipt.rest, receipt.meant_for) == (order.total, order.id)
    assert "money_late" in db.session.scalars(select(OrderEvent.name).where(OrderEvent.order_id == order.id)).all()


def test_a_refused_split_changes_nothing(app: Flask):
    order, ended = an_order(), an_order()
    cancel(ended.id, Actor("buyer", 1), now())
    row = a_row(str(order.total + ended.total))
    for wanted, refusal in (
        (((order, order.total), (ended, ended.total)), LateMoney),
        (((order, order.total + Money(1)),), NotThatMuch),
    ):
        with pytest.raises(refusal):
            apply(row, *wanted)
    with pytest.raises(NotFound):
        apply_row(row.id, {order.id + 1: Money(1)}, FINANCE, now())
    with pytest.raises(MoveNotAllowed):
        apply(row, (order, order.total), by=Actor("clerk", 1))
    assert (rows()[0].state, standing(order).paid) == ("no_match", ZERO)
    assert db.session.scalars(select(Receipt)).all() == []


@given(parts=st.lists(st.integers(1, 300), min_size=1, max_size=4), fen=st.integers(1, 1200))
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_however_a_transfer_is_split_no_fen_is_lost_or_made(app: Flask, parts: list[int], fen: int):
    orders = [an_order() for _ in parts]
    row = a_row(Money(fen), number=f"S{new_id()}")
    wanted = [(order, Money(part)) for order, part in zip(orders, parts, strict=True)]
    if sum(parts) > fen:
        with pytest.raises(NotThatMuch):
            apply(row, *wanted)
        assert all(standing(order).paid == ZERO for order in orders)
        return
    receipt = apply(row, *wanted)
    assert isinstance(receipt, Receipt) and receipt.rest == Money(fen - sum(parts))
    assert [standing(order).paid for order in orders] == [Money(part) for part in parts]
    assert differences(db.session()) == []


def test_a_row_is_set_aside_and_taken_back(app: Flask):
    row = a_row("5.00")
    set_aside(row.id, "own_transfer", FINANCE, now())
    assert (rows()[0].state, rows()[0].reasons) == (SET_ASIDE, ["own_transfer"])
    with pytest.raises(RowDecided):
        apply(row)
    take_back(row.id, FINANCE)
    assert (rows()[0].state, rows()[0].decided_by) == ("no_match", None)
    with pytest.raises(RowDecided):
        take_back(row.id, FINANCE)


def test_an_order_placed_later_is_found_when_rows_are_checked_again(app: Flask):
    row = a_row("5.00")
    assert row.state == "no_match"
    order = an_order()
    taken_in(a_transfer(str(order.total), code_of(order), number="LATER1"))
    assert check_again(1) == 2
    assert {each.state for each in rows()} == {"no_match", VALID}


@pytest.mark.clause("1.1.5a")
@pytest.mark.clause("P.3")
def test_above_the_limit_a_second_person_must_confirm(app: Flask, low_limit: None):
    order = an_order()
    row = a_row(str(order.total), code_of(order))
    assert apply_fitting(FINANCE, now()) == (0, 1)
    (asked,) = db.session.scalars(select(Approval)).all()
    assert (standing(order).paid, rows()[0].state) == (ZERO, VALID)
    assert db.session.scalars(select(Receipt)).all() == []
    nobody, clerk = Actor("manager", None), Actor("clerk", 9)
    for refusal, by in ((SamePerson, FINANCE), (MoveNotAllowed, clerk), (SamePerson, nobody)):
        with pytest.raises(refusal):
            approve(asked.id, by, now())
    with pytest.raises(AskedAlready):
        apply(row, (order, order.total), by=SECOND)
    with pytest.raises(AskedAlready):
        set_aside(row.id, "sent_back", SECOND, now())
    approve(asked.id, SECOND, now())
    assert (asked.first_by, asked.second_by) == (FINANCE.audit_ref, SECOND.audit_ref)
    assert (standing(order).state, rows()[0].state) == ("awaiting_shipment", APPLIED)
    with pytest.raises(NotWaiting):
        approve(asked.id, SECOND, now())
    events = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.event.like("approval.%"))).all()
    assert sorted(events) == ["approval.asked", "approval.given"]


@pytest.mark.clause("1.1.5a")
def test_no_way_around_the_second_person(app: Flask, low_limit: None):
    """Typed by hand, split, or moved from a receipt: what one person moves at once is below the limit."""
    order = an_order()
    half = order.total.share(1, 2)
    asked = confirm(order.id, "BYHAND1", order.total, today(), FINANCE, now())
    assert isinstance(asked, Approval) and standing(order).paid == ZERO
    withdraw(asked.id, SECOND, now())
    row = a_row(str(order.total), code_of(order))
    kept = apply(row)
    assert isinstance(kept, Receipt)
    assert isinstance(use(kept.id, order.id, half, FINANCE, now()), Approval)
    assert standing(order).paid == ZERO


def test_a_withdrawn_wish_can_be_asked_again(app: Flask, low_limit: None):
    order = an_order()
    row = a_row(str(order.total), code_of(order))
    asked = apply(row, (order, order.total))
    withdraw(asked.id, FINANCE, now())
    with pytest.raises(NotWaiting):
        approve(asked.id, SECOND, now())
    again = apply(row, (order, order.total))
    approve(again.id, SECOND, now())
    assert standing(order).state == "awaiting_shipment"


def test_what_cannot_be_carried_out_is_refused_to_the_first_person(app: Flask, low_limit: None):
    order = an_order()
    row = a_row(str(order.total + Money(9900)))
    with pytest.raises(NotThatMuch):
        apply(row, (order, order.total + Money(1)))
    assert db.session.scalar(select(func.count()).select_from(Approval)) == 0


def two_clerks(app: Flask) -> None:
    """Eight clerks press on the same row, which would pay for either of two orders."""
    first, second = an_order(), an_order()
    row = a_row(str(first.total))
    acts: list[Act] = []
    for number in range(8):
        order = (first, second)[number % 2]
        wanted = (row.id, {order.id: order.total})
        acts.append(lambda wanted=wanted: type(apply_row(*wanted, FINANCE, now())).__name__)
    answers = all_at_once(app, acts, most=8)
    assert sorted(answers, key=str).count("Receipt") == 1 and answers.count(RowDecided) == 7
    paid = [standing(order).paid for order in (first, second)]
    assert sorted(paid) == [ZERO, first.total] and differences(db.session()) == []


@pytest.mark.clause("1.1.5a")
def test_two_clerks_on_one_row(app: Flask):
    two_clerks(app)


@pytest.mark.part("postgresql")
def test_two_clerks_on_one_row_on_postgresql(pg_shop: Flask):
    two_clerks(pg_shop)


def one_wish(app: Flask) -> None:
    """Two people ask for the same money and three confirm: it moves once."""
    order = an_order()
    row = a_row(str(order.total), code_of(order))
    wanted = (row.id, {order.id: order.total})
    asks = all_at_once(app, [lambda: apply_row(*wanted, FINANCE, now()).id] * 4, most=4)
    (wish,) = [answer for answer in asks if isinstance(answer, int)]
    gives = all_at_once(app, [lambda: approve(wish, SECOND, now()).id] * 4, most=4)
    assert asks.count(AskedAlready) == 3 and gives.count(NotWaiting) == 3
    assert standing(order).paid == order.total and differences(db.session()) == []


def test_a_wish_is_asked_and_given_once_at_the_same_moment(app: Flask, low_limit: None):
    one_wish(app)


@pytest.mark.part("postgresql")
def test_a_wish_is_asked_and_given_once_on_postgresql(pg_shop: Flask):
    kept = pg_shop.extensions["settings"]
    pg_shop.extensions["settings"] = replace(kept, remittance_two_people_above=1)
    one_wish(pg_shop)
