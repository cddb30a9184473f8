"""An order costs less, goods are free again, and what is then paid too much goes back. Clause 1.1.5a; FLOWS.md 4."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.catalog.futures import STANDARD, terms_id
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import CLOCK, Actor, MoveNotAllowed, MoveRefused
from app.payments.models import Payout
from app.payments.proving import differences
from app.payments.reconciling import reconcile
from app.refunds.approving import approve, refuse
from app.refunds.asking import Reduction, ask, freight_of_all
from app.refunds.errors import (
    ImpossiblePayoutDay,
    NotAsked,
    NothingAsked,
    NotThatMuchPaid,
    PaidOtherwise,
    PayeeMissing,
    PayoutNumberReused,
    SamePersonTwice,
    TooManyUnits,
)
from app.refunds.hooks import _MOVES, when_refund_moves
from app.refunds.models import Refund
from app.refunds.payees import give_payee
from app.refunds.paying import paid_out
from app.refunds.vocabulary import LATE_DELIVERY, PRICE, RETURNED
from app.shipping.handing_over import NotThatManyLeft, Packed, ship
from tests.accounts.builders import an_account
from tests.checkout.builders import an_address, an_order
from tests.payments.builders import FINANCE, MANAGER, pay
from tests.refunds.builders import (
    BUYER,
    CLERK,
    THEIR_ACCOUNT,
    a_paid_order,
    approved,
    ask_for,
    line_of,
    send_back,
    standing,
)
from tests.shipping.builders import send, serials
from tests.stock.builders import a_stocked_sku, level_of

HUNDRED = Money.yuan("100.00")


def sound() -> bool:
    return differences(db.session()) == [] and reconcile(db.session()).is_sound


@pytest.mark.clause("1.1.5a")
def test_units_that_have_not_left_are_called_off_and_their_price_goes_back(app: Flask):
    order = a_paid_order(3)
    refund = ask_for(order, 2)
    assert (refund.state, refund.amount, line_of(order).to_ship, standing(order).reduced) == (
        "asked",
        2 * HUNDRED,
        1,
        ZERO,
    )
    refund = approved(refund)
    line = line_of(order)
    assert (refund.state, refund.pays_back, line.called_off, line.to_ship) == ("approved", 2 * HUNDRED, 2, 1)
    refund = send_back(refund)
    order = standing(order)
    assert (refund.state, order.state, order.refunded, order.net) == (
        "paid",
        "awaiting_shipment",
        2 * HUNDRED,
        order.kept,
    )
    assert sound()


def test_called_off_units_can_be_bought_by_others(app: Flask):
    sku, (place,) = a_stocked_sku(3)
    order = an_order(sku, quantity=3)
    pay(order)
    refund = ask_for(order, 2)
    assert level_of(sku, place) == (3, 3)
    approved(refund)
    assert level_of(sku, place) == (3, 1)


def test_an_order_of_which_all_is_called_off_is_cancelled(app: Flask):
    order = a_paid_order(2)
    refund = approved(ask_for(order, 2, freight=str(order.freight)))
    order = standing(order)
    assert (order.state, order.parts[0].state, order.promised, order.unpaid) == (
        "cancelled",
        "cancelled",
        order.total,
        ZERO,
    )
    send_back(refund)
    assert standing(order).refunded == order.total and sound()


def test_where_all_else_has_left_the_part_counts_as_shipped_since_its_last_parcel(app: Flask):
    order = a_paid_order(3)
    line = line_of(order)
    left_at = now()
    ship(order.parts[0].id, "sf", "SF1234567890", CLERK, left_at, [Packed(line.id, 2, serials(2))])
    refund = ask_for(order, 1)
    approve(refund.id, MANAGER, now() + timedelta(days=1))
    part = standing(order).parts[0]
    assert (part.state, part.shipped_at) == ("awaiting_receipt", left_at)


def test_what_is_asked_for_does_not_leave_meanwhile_and_may_leave_once_it_is_refused(app: Flask):
    order = a_paid_order(2)
    refund = ask_for(order, 1)
    line, part = line_of(order), standing(order).parts[0]
    with pytest.raises(NotThatManyLeft):
        ship(part.id, "sf", "SF1234567890", CLERK, now(), [Packed(line.id, 2, serials(2))])
    ship(part.id, "sf", "SF1234567891", CLERK, now(), [Packed(line.id, 1, serials(1))])
    assert standing(order).state == "awaiting_shipment"
    refuse(refund.id, MANAGER, now())
    send(standing(order).parts[0])
    assert standing(order).state == "awaiting_receipt" and sound()


def test_goods_that_had_left_are_refunded_by_unit_and_money_alone_by_amount(app: Flask):
    order = a_paid_order(3)
    send(order.parts[0])
    back, discount = ask_for(order, 1, reason=RETURNED), ask_for(order, amount="30.00", reason=PRICE)
    send_back(approved(back))
    send_back(approved(discount))
    order, line = standing(order), line_of(order)
    assert (order.refunded, line.returned, line.called_off) == (Money.yuan("130.00"), 1, 0)
    assert order.state == "awaiting_receipt" and sound()


def test_a_unit_is_worth_what_earlier_refunds_have_left_of_it(app: Flask):
    order = a_paid_order(3)
    approved(ask_for(order, amount="30.00", reason=PRICE))
    assert ask_for(order, 1).amount == Money.yuan("90.00")


def test_of_a_deposit_the_balance_falls_first_and_only_the_rest_goes_back(app: Flask):
    with transaction() as session:
        known = terms_id(session, STANDARD)
    sku, _ = a_stocked_sku(4, delivery="futures", delivery_month="2027-03", price=HUNDRED, futures_terms_id=known)
    order = an_order(sku, quantity=4)
    pay(order, order.deposit)
    order = standing(order)
    deposit, freight = order.deposit, order.freight
    less = approved(ask_for(order, 1))
    assert (less.state, less.pays_back, standing(order).unpaid) == ("paid", ZERO, order.total - HUNDRED - deposit)
    all_of_it = approved(ask_for(order, 3, freight=str(freight)))
    assert (all_of_it.pays_back, standing(order).state) == (deposit, "cancelled")
    send_back(all_of_it)
    assert standing(order).kept == ZERO and sound()


def test_a_deposit_can_be_kept_where_the_buyer_gives_up_the_goods(app: Flask):
    order = a_paid_order(1)
    refund = approved(ask_for(order, 1, "70.00"))
    assert (refund.pays_back, standing(order).state) == (Money.yuan("70.00"), "cancelled")
    send_back(refund)
    assert sound()


def test_late_delivery_costs_us_at_most_what_the_line_came_to(app: Flask):
    order = a_paid_order(1)
    with pytest.raises(NotThatMuchPaid):
        ask_for(order, amount="100.01", reason=LATE_DELIVERY)
    assert approved(ask_for(order, amount="5.00", reason=LATE_DELIVERY)).pays_back == Money.yuan("5.00")


@pytest.mark.parametrize(("quantity", "amount", "refusal"), [
    (4, None, TooManyUnits), (-1, None, TooManyUnits), (1, "300.01", NotThatMuchPaid), (0, "-0.01", NotThatMuchPaid),
    (0, "0.00", NothingAsked), (0, None, NothingAsked),
])  # fmt: skip
def test_more_than_there_is_and_nothing_at_all_are_refused(app: Flask, quantity, amount, refusal):
    order = a_paid_order(3)
    with pytest.raises(refusal):
        ask_for(order, quantity, amount)
    assert db.session.scalars(select(Refund)).all() == [] and line_of(order).claimed == ZERO


def test_freight_is_refunded_apart_and_not_above_what_it_was(app: Flask):
    order = a_paid_order(1)
    with pytest.raises(NotThatMuchPaid):
        ask_for(order, freight=str(order.freight + Money(1)))
    refund = ask_for(order, freight=str(order.freight))
    assert refund.amount == order.freight
    with pytest.raises(NotThatMuchPaid):
        ask_for(order, freight="0.01")


def test_the_freight_goes_with_the_last_unit_of_a_part(app: Flask):
    order = a_paid_order(3)
    line, part = line_of(order), standing(order).parts[0]
    assert freight_of_all([part], [Reduction(line.id, 2)]) == {}
    assert freight_of_all([part], [Reduction(line.id, 3)]) == {part.id: order.freight}


def test_unpaid_orders_are_cancelled_not_refunded(app: Flask):
    order = an_order()
    pay(order, order.total - Money(1))
    with pytest.raises(NotThatMuchPaid):
        ask_for(order, 1)


def test_lines_and_freight_of_other_orders_are_not_found(app: Flask):
    order, other = a_paid_order(), a_paid_order()
    for reductions, freight in (([Reduction(line_of(other).id, 1)], {}), ([], {other.parts[0].id: Money(1)})):
        with pytest.raises(NotFound), transaction() as session:
            ask(session, order.id, reductions, freight, PRICE, CLERK, now())


def test_what_a_refused_refund_had_set_aside_can_be_asked_for_again(app: Flask):
    order = a_paid_order(2)
    refund = ask_for(order, 2, freight=str(order.freight))
    with pytest.raises(TooManyUnits):
        ask_for(order, 1)
    refuse(refund.id, MANAGER, now())
    assert line_of(order).to_ship == 2 and ask_for(order, 2, freight=str(order.freight)).amount == order.total
    assert sound()


@pytest.mark.clause("5.1.1e")
def test_who_asked_cannot_approve_and_may_withdraw(app: Flask):
    refund = ask_for(a_paid_order(), 1, by=FINANCE)
    with pytest.raises(SamePersonTwice):
        approved(refund, FINANCE)
    assert refuse(refund.id, FINANCE, now()).state == "refused"


@pytest.mark.clause("5.1.1e")
def test_what_a_buyer_asked_for_is_approved_and_paid_by_two_of_staff(app: Flask):
    refund = approved(ask_for(a_paid_order(), 1, by=BUYER))
    with pytest.raises(SamePersonTwice):
        send_back(refund, MANAGER)
    assert send_back(refund, FINANCE).state == "paid"


def test_who_typed_the_account_does_not_send_money_to_it(app: Flask):
    refund = approved(ask_for(a_paid_order(), 1, payee=None))
    with pytest.raises(PayeeMissing):
        send_back(refund)
    give_payee(refund.id, THEIR_ACCOUNT, FINANCE, now())
    with pytest.raises(SamePersonTwice):
        send_back(refund, FINANCE)
    assert send_back(refund, MANAGER).state == "paid"


@pytest.mark.parametrize("by", [Actor("marketer", 1), Actor("clock", 1), Actor("clerk", None)])
def test_only_buyers_the_clock_and_staff_ask(app: Flask, by: Actor):
    order = a_paid_order()
    with pytest.raises(MoveNotAllowed):
        ask_for(order, 1, by=by)
    assert ask_for(order, 1, by=CLOCK, payee=None).asked_by is None


@pytest.mark.parametrize("by", [CLERK, BUYER, CLOCK, Actor("finance", None)])
def test_only_finance_approves_and_pays(app: Flask, by: Actor):
    refund = ask_for(a_paid_order(), 1, by=Actor("clerk", 99))
    with pytest.raises(MoveNotAllowed):
        approved(refund, by)
    refund = approved(refund)
    with pytest.raises(MoveNotAllowed):
        send_back(refund, by)


def test_what_is_decided_is_not_decided_again(app: Flask):
    refund = approved(ask_for(a_paid_order(), 1))
    for act in (approve, refuse):
        with pytest.raises(NotAsked):
            act(refund.id, MANAGER, now())


def test_a_payout_is_recorded_once_and_its_number_stands_for_it_alone(app: Flask):
    first, second = (approved(ask_for(a_paid_order(), 1)) for _ in range(2))
    payout, other = first.payouts[0].id, second.payouts[0].id
    paid_out(payout, "20261130001", today(), FINANCE, now())
    assert paid_out(payout, "20261130001", today(), FINANCE, now()).state == "paid"
    with pytest.raises(PaidOtherwise):
        paid_out(payout, "20261130002", today(), FINANCE, now())
    with pytest.raises(PayoutNumberReused):
        paid_out(other, "20261130001", today(), FINANCE, now())
    assert db.session.get_one(Payout, other, populate_existing=True).reference is None and sound()


@pytest.mark.parametrize("days", [-1, 1])
def test_money_goes_between_the_approval_and_today(app: Flask, days: int):
    refund = approved(ask_for(a_paid_order(), 1))
    with pytest.raises(ImpossiblePayoutDay):
        send_back(refund, on=today() + timedelta(days=days))


def test_money_goes_back_to_the_receipt_that_came_last_first(app: Flask):
    order = an_order(a_stocked_sku(price=HUNDRED)[0], quantity=3)
    pay(order, order.total - Money.yuan("150.00"), reference="FIRST")
    pay(order, Money.yuan("150.00"), reference="SECOND", at=now() + timedelta(minutes=1))
    refund = approved(ask_for(order, 3))
    went = {payout.receipt.reference: payout.amount for payout in refund.payouts}
    assert went == {"SECOND": Money.yuan("150.00"), "FIRST": Money.yuan("150.00")}
    send_back(refund)
    assert standing(order).refunded == 3 * HUNDRED and sound()


def test_the_buyer_is_told_of_every_step_and_the_timeline_says_how_much(app: Flask):
    account = an_account()
    an_address(account)
    order = an_order(a_stocked_sku(price=HUNDRED)[0], quantity=2, account=account)
    pay(order)
    refuse(ask_for(order, 1).id, MANAGER, now())
    send_back(approved(ask_for(order, 1)))
    sent = select(OutboxMessage.code).where(
        OutboxMessage.account_id == account.id, OutboxMessage.code.like("order.refund%")
    )
    steps = ["refund_asked", "refund_refused", "refund_asked", "refund_approved", "refund_paid"]
    assert set(db.session.scalars(sent)) == {f"order.{step}" for step in steps}
    events = [event for event in standing(order).events if event.name.startswith("refund")]
    assert [event.name for event in events] == steps and {event.amount for event in events} == {HUNDRED}


def test_slices_above_are_told_in_the_same_transaction(app: Flask):
    told: list[str] = []
    when_refund_moves(lambda session, refund, by, at: told.append(refund.state))
    try:
        send_back(approved(ask_for(a_paid_order(), 1)))
    finally:
        _MOVES.pop()
    assert told == ["asked", "approved", "paid"]


@pytest.mark.parametrize("change", [
    lambda order: setattr(order, "promised", order.paid + Money(1)),
    lambda order: setattr(order, "reduced", Money(1)),
    lambda order: setattr(order, "reduced", order.total + Money(1)),
    lambda order: setattr(order.lines[0], "claimed", order.lines[0].amount + Money(1)),
    lambda order: setattr(order.lines[0], "called_off", order.lines[0].quantity + 1),
    lambda order: setattr(order.lines[0], "returned", 1),
    lambda order: setattr(order.parts[0], "freight_claimed", order.parts[0].freight + Money(1)),
])  # fmt: skip
def test_the_store_itself_refuses_a_fen_or_unit_more_than_there_is(app: Flask, change):
    order = a_paid_order()
    with pytest.raises(IntegrityError), transaction():
        change(order)


def test_a_cancelled_order_is_not_shipped(app: Flask):
    order = a_paid_order(1)
    approved(ask_for(order, 1))
    with pytest.raises(MoveRefused):
        send(standing(order).parts[0])
