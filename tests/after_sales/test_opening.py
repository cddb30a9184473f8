"""A buyer opens a case: about what, within which time, and what it comes to. FLOWS.md 4."""

from datetime import timedelta

import pytest
from flask import Flask

from app.after_sales.lifecycle import AWAITING_SELLER
from app.after_sales.opening import MoreThanItCost, NotThatManyToClaim, TooLate, WithinTolerance
from app.after_sales.trade_rules import EXCHANGE, KINDS, REFUND_ONLY, REPAIR, RETURN, SELLER_ANSWERS, SHORT_HASHRATE
from app.catalog.models import Sku
from app.foundation.clock import Clock, now
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.foundation.money import Money
from tests.after_sales.builders import (
    HASHRATE,
    a_case,
    a_claim,
    a_machine,
    a_received_order,
    claimable,
    fresh,
    machines_of,
    standing,
    told,
)
from tests.catalog.builders import a_service
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_opened_on_the_day_of_receipt(app: Flask, kind: str):
    order = a_received_order()
    case = fresh(a_case(order, kind))
    assert (case.state, case.order_id, case.quantity) == (AWAITING_SELLER, order.id, 1)
    assert case.deadline_at == case.opened_at + SELLER_ANSWERS
    assert [event.name for event in case.events] == ["open"] and told(case) == ["case.opened"]


@pytest.mark.parametrize(("kind", "days"), [(RETURN, 7), (EXCHANGE, 15), (REFUND_ONLY, 15), (SHORT_HASHRATE, 30)])
def test_the_time_limit_runs_from_the_receipt(app: Flask, clock: Clock, kind: str, days: int):
    order = a_received_order()
    claim = a_claim(order, kind)
    clock.travel(days=days - 0.01)
    assert claimable(order).is_open_for(kind, now())
    clock.travel(days=0.02)
    with pytest.raises(TooLate):
        a_case(order, kind, machines=claim.machines)


def test_before_the_receipt_no_time_has_begun(app: Flask, clock: Clock):
    order = an_order(a_machine(9)[0])
    pay(order)
    send_all(order)
    clock.travel(days=9)
    assert a_case(standing(order), RETURN).number


def test_nothing_can_be_claimed_that_has_not_left(app: Flask):
    order = an_order(a_machine(9)[0])
    pay(order)
    with pytest.raises(NotFound):
        claimable(order)


def test_a_machine_is_in_one_open_case_at_a_time(app: Flask):
    order = a_received_order(quantity=2)
    first = a_claim(order, RETURN)
    a_case(order, RETURN)
    with pytest.raises(NotThatManyToClaim):
        a_case(order, EXCHANGE, machines=first.machines)
    assert len(claimable(order).machines) == 1
    a_case(order, EXCHANGE)
    assert claimable(order).quantity == 0
    assert [unit.open_case is not None for unit in machines_of(order)] == [True, True]


@pytest.mark.parametrize(("quantity", "chosen"), [(2, 1), (0, 0), (1, 2), (3, 3)])
def test_as_many_numbers_as_machines(app: Flask, quantity: int, chosen: int):
    order = a_received_order(quantity=2)
    numbers = tuple(unit.id for unit in claimable(order).machines)[:chosen] + (() if chosen < 3 else (5,))
    with pytest.raises(NotThatManyToClaim):
        a_case(order, RETURN, quantity=quantity, machines=numbers)


def test_machines_of_another_order_cannot_be_named(app: Flask):
    mine, theirs = a_received_order(), a_received_order()
    with pytest.raises(NotThatManyToClaim):
        a_case(mine, RETURN, machines=(machines_of(theirs)[0].id,))


def test_goods_without_numbers_are_claimed_by_quantity(app: Flask):
    sku, _ = a_stocked_sku(9, kind="part")
    order = a_received_order(sku, quantity=5)
    a_case(order, RETURN, units=3, machines=())
    assert (claimable(order).is_machine, claimable(order).quantity) == (False, 2)
    with pytest.raises(NotThatManyToClaim):
        a_case(order, RETURN, units=3, machines=())
    assert set(claimable(order).kinds) == {REFUND_ONLY, RETURN, EXCHANGE}


def test_a_service_is_paid_back_and_nothing_else(app: Flask):
    order = a_received_order(a_service(), quantity=1)
    assert set(claimable(order).kinds) == {REFUND_ONLY}
    with pytest.raises(TooLate):
        a_case(order, RETURN, machines=())
    assert a_case(order, REFUND_ONLY, machines=(), amount=None).asked_amount == order.lines[0].amount


def test_of_money_no_more_is_asked_for_than_the_units_cost(app: Flask):
    order = a_received_order(quantity=2)
    with pytest.raises(MoreThanItCost):
        a_case(order, REFUND_ONLY, amount=Money.yuan("1000.01"))
    with pytest.raises(MoreThanItCost):
        a_case(order, REFUND_ONLY, amount=Money(0))
    assert a_case(order, REFUND_ONLY, amount=Money.yuan(1000)).asked_amount == Money.yuan(1000)


def test_short_hashrate_is_worked_out_in_proportion(app: Flask):
    order = a_received_order(a_machine(9, price=Money.yuan("999.99"))[0], quantity=3)
    case = a_case(order, SHORT_HASHRATE, units=3, measured=HASHRATE * 7 // 8)
    assert case.asked_amount == Money(37500)  # 3 x 999.99 / 8 = 374.99625


def test_what_was_sold_counts_whatever_is_offered_since(app: Flask):
    sku = a_machine(9, price=Money.yuan(1000), condition="used")[0]
    order = a_received_order(sku, quantity=1)
    line = order.lines[0]
    sold = sku.hashrate, sku.hashrate_unit, sku.power_mw, sku.condition
    assert (line.hashrate, line.hashrate_unit, line.power_mw, line.condition) == sold
    with transaction() as session:
        row = session.get_one(Sku, sku.id)
        row.hashrate, row.condition = HASHRATE * 2, "new"
    with pytest.raises(WithinTolerance):
        a_case(order, SHORT_HASHRATE, measured=HASHRATE * 9 // 10)
    assert a_case(order, SHORT_HASHRATE, measured=HASHRATE * 8 // 10).asked_amount == Money.yuan(200)


@pytest.mark.parametrize(("condition", "measured", "is_owed"), [
    ("new", 0.971, False), ("new", 0.97, False), ("new", 0.9699, True), ("used", 0.9, False), ("used", 0.8999, True),
    ("new", 1.2, False),
])  # fmt: skip
def test_within_the_tolerance_nothing_is_owed(app: Flask, condition: str, measured: float, is_owed: bool):
    order = a_received_order(a_machine(9, condition=condition)[0])
    try:
        a_case(order, SHORT_HASHRATE, measured=int(HASHRATE * measured))
    except WithinTolerance:
        assert not is_owed
    else:
        assert is_owed


def test_a_repair_says_whether_the_warranty_still_runs(app: Flask, clock: Clock):
    order = a_received_order(a_machine(9, warranty_months=12)[0])
    assert not fresh(a_case(order, REPAIR)).is_paid_repair
    clock.travel(days=366)
    assert fresh(a_case(order, REPAIR)).is_paid_repair


def test_an_order_has_as_many_cases_over_time_as_it_needs(app: Flask, clock: Clock):
    order = a_received_order(quantity=2)
    numbers = {a_case(order, kind).number for kind in (RETURN, EXCHANGE)}
    clock.travel(days=1)
    assert len(numbers) == 2 and now() - fresh(a_case(a_received_order())).opened_at < timedelta(minutes=1)
