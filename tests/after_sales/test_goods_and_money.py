"""Stock, serial numbers, parcels and refunds move with a case, and every sum still adds up."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.after_sales.answering import escalate, withdraw
from app.after_sales.deadlines import end_times
from app.after_sales.deciding import Terms, WordsMissing, accept, refund_again, refuse, uphold
from app.after_sales.examining import Found, NotThatManyBack, examine
from app.after_sales.lifecycle import (
    CLOSED,
    HERE,
    REFUNDED,
    REFUNDING,
    REFUSED,
    REPAIRED,
    REPLACED,
    RETURNING,
    TAKEN,
    TO_REFUND,
    TO_SEND,
    AgreedAlready,
)
from app.after_sales.models import Case
from app.after_sales.opening import MoreThanItCost
from app.after_sales.sending import send
from app.after_sales.splitting import NotThatManyRefused, Rest
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, REPAIR, RETURN, SHORT_HASHRATE
from app.catalog.models import Sku
from app.foundation.clock import Clock, now, today
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, purpose
from app.invoices.models import Invoice
from app.invoices.proving import differences as invoices_off
from app.orders.models import Order, OrderLine
from app.orders.receiving import confirm_receipt
from app.payments.proving import differences
from app.privacy.keeping import enforce
from app.privacy.manifest import Period
from app.refunds import approving
from app.refunds.payees import give_payee
from app.shipping.handing_over import Packed, ParcelUnknown, SerialsDoNotMatch, SerialShipped, ship
from app.shipping.models import Parcel, ParcelUnit, TrackingEvent
from app.shipping.queries import parcels_of
from app.shipping.reporting import report_by_hand
from app.shipping.tracking import UNDER_WAY, Happening
from app.stock.errors import OutOfStock
from app.stock.models import Warehouse
from app.stock.queries import levels_off_ledger
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    MANAGER,
    a_case,
    a_case_to_send,
    a_machine,
    a_received_order,
    agreed,
    claimable,
    examined,
    fresh,
    home_of,
    machines_of,
    sent_back,
    standing,
    terms,
    told,
)
from tests.checkout.builders import an_order
from tests.invoices.builders import an_issued_invoice
from tests.payments.builders import pay
from tests.refunds.builders import THEIR_ACCOUNT, ask_for, send_back
from tests.shipping.builders import serials
from tests.stock.builders import a_stocked_sku, level_of, lots_in


def approve(case: Case) -> None:
    approving.approve(fresh(case).refund_id or 0, MANAGER, now())


def paid(case: Case) -> Case:
    """Approved, and sent to the account that another colleague wrote down."""
    approve(case)
    give_payee(fresh(case).refund_id or 0, THEIR_ACCOUNT, MANAGER, now())
    send_back(fresh(case).refund)
    return fresh(case)


def serial_of(unit: ParcelUnit) -> str:
    with purpose(Purpose.SERVICE):
        return unit.serial


def line_of(case: Case) -> OrderLine:
    return db.session.get_one(OrderLine, case.line_id, populate_existing=True)


def test_returned_machines_go_on_sale_again_or_are_written_off(app: Flask):
    sku, [place] = a_machine(9)
    case = examined(sent_back(agreed(a_case(a_received_order(sku, quantity=3), RETURN, units=3))), restocked=2)
    assert level_of(sku, place) == (8, 0) and case.restocked == 2
    lot = f"R{today()}"
    assert lots_in(sku, place)[lot] == (2, 0, 0)
    assert sorted(unit.was_restocked for unit in case.units) == [False, True, True]
    assert line_of(case).came_back == 3 and levels_off_ledger(db.session()) == []


def test_a_number_that_came_back_is_sold_again(app: Flask):
    sku, _ = a_machine(1)
    order = a_received_order(sku, quantity=1)
    again = serial_of(machines_of(order)[0])
    case = paid(examined(sent_back(agreed(a_case(order, RETURN)))))
    assert case.outcome == REFUNDED and not claimable(order).machines
    other = a_received_order_with(sku, again)
    assert serial_of(machines_of(other)[0]) == again and len(claimable(other).machines) == 1


def a_received_order_with(sku: Sku, serial: str) -> Order:
    order = an_order(sku)
    pay(order)
    ship(order.parts[0].id, "sf", "SF1212121212", CLERK, now(), [Packed(order.lines[0].id, 1, (serial,))])
    confirm_receipt(order.parts[0].id, BUYER, now())
    return standing(order)


def test_a_refund_of_returned_goods_goes_through_two_people_and_closes_the_case(app: Flask):
    case = examined(sent_back(agreed(a_case(kind=RETURN, units=2), freight="0")))
    assert case.state == REFUNDING and case.refund.lines[0].quantity == 2
    assert line_of(case).returned == 2
    closed = paid(case)
    assert (closed.state, closed.outcome, closed.closed_at is not None) == (CLOSED, REFUNDED, True)
    assert standing(closed.order).refunded == Money.yuan(2000) and told(case)[-1] == "case.refunded"
    assert differences(db.session()) == []


def test_a_refund_that_is_refused_comes_back_to_the_desk_and_can_be_asked_for_anew(app: Flask):
    case = agreed(a_case(kind=REFUND_ONLY))
    approving.refuse(case.refund_id or 0, MANAGER, now())
    assert fresh(case).state == TO_REFUND and told(case)[-1] == "case.refund_refused"
    refund_again(case.id, terms(case, "60"), "改为 60 元", CLERK, now())
    assert fresh(case).state == REFUNDING and paid(case).refund.amount == Money.yuan(60)


def test_goods_that_are_ours_again_are_paid_for(app: Flask):
    case = examined(sent_back(agreed(a_case(kind=RETURN))))
    approving.refuse(case.refund_id or 0, MANAGER, now())
    with pytest.raises(AgreedAlready):
        refuse(case.id, "不退", CLERK, now())
    assert fresh(case).state == TO_REFUND


def test_without_goods_of_ours_the_desk_may_refuse_after_a_refused_refund(app: Flask):
    case = agreed(a_case(kind=REFUND_ONLY))
    approving.refuse(case.refund_id or 0, MANAGER, now())
    refuse(case.id, "财务不同意", CLERK, now())
    assert fresh(case).state == REFUSED


def test_refunds_of_others_move_no_case(app: Flask):
    case = agreed(a_case(kind=REFUND_ONLY))
    other = ask_for(fresh(case).order, amount="5", reason="damaged")
    approving.refuse(other.id, MANAGER, now())
    assert fresh(case).state == REFUNDING


def test_what_another_refund_took_is_not_paid_twice(app: Flask):
    order = a_received_order(quantity=1)
    case = a_case(order, SHORT_HASHRATE)
    ask_for(order, amount="950", reason="damaged")
    with pytest.raises(MoreThanItCost):
        accept(case.id, terms(case), "", CLERK, now())
    assert fresh(case).refund is None


def test_an_exchange_takes_another_machine_out_of_stock_and_counts_no_new_sale(app: Flask, clock: Clock):
    sku, [place] = a_machine(9, warranty_months=12)
    order = a_received_order(sku, quantity=2)
    clock.travel(days=10)
    case = a_case_of(order, EXCHANGE)
    assert case.state == TO_SEND and level_of(sku, place) == (8, 0)
    [new] = serials(1)
    send(case.id, "sf", "SF7777777777", CLERK, now(), serials=[new], warehouse_id=place.id)
    case = fresh(case)
    assert (case.state, case.outcome) == (CLOSED, REPLACED) and level_of(sku, place) == (7, 0)
    assert line_of(case).shipped == 2 and levels_off_ledger(db.session()) == []
    away = [unit for unit in machines_of(order) if unit.returned_at is None]
    assert new in {serial_of(unit) for unit in away} and len(away) == 2
    [replaced] = [unit for unit in away if serial_of(unit) == new]
    assert replaced.warranty_until == Period(12, "month").after(case.closed_at)
    assert claimable(order).quantity == 2


def a_case_of(order: Order, kind: str, **given: int) -> Case:
    return examined(sent_back(agreed(a_case(order, kind, **given))))


@pytest.mark.parametrize("count", [0, 2])
def test_an_exchange_sends_as_many_numbers_as_machines(app: Flask, count: int):
    case = a_case_to_send(EXCHANGE)
    with pytest.raises(SerialsDoNotMatch):
        send(case.id, "sf", "SF7777777777", CLERK, now(), serials=serials(count), warehouse_id=home_of(case))
    assert fresh(case).state == TO_SEND


def test_an_exchange_sends_no_number_that_is_away(app: Flask):
    order = a_received_order(quantity=2)
    case = a_case_of(order, EXCHANGE)
    away = next(unit for unit in machines_of(order) if unit.returned_at is None)
    with pytest.raises(SerialShipped):
        send(case.id, "sf", "SF7777777777", CLERK, now(), serials=[serial_of(away)], warehouse_id=home_of(case))


def test_where_nothing_is_left_an_exchange_waits_and_nothing_has_moved(app: Flask):
    sku, [place] = a_machine(1)
    order = a_received_order(sku, quantity=1)
    case = examined(sent_back(agreed(a_case(order, EXCHANGE))), restocked=0)
    with pytest.raises(OutOfStock):
        send(case.id, "sf", "SF7777777777", CLERK, now(), serials=serials(1), warehouse_id=place.id)
    assert fresh(case).state == TO_SEND and level_of(sku, place) == (0, 0)
    assert len(parcels_of(db.session(), order.id)[order.parts[0].id]) == 1


def test_goods_without_numbers_are_exchanged_by_quantity(app: Flask):
    sku, [place] = a_stocked_sku(9, kind="part")
    order = a_received_order(sku, quantity=3)
    case = a_case(order, EXCHANGE, units=2, machines=())
    with_address(place)
    case = examined(sent_back(agreed(case)), restocked=1)
    send(case.id, "sf", "SF7777777777", CLERK, now(), warehouse_id=place.id)
    assert level_of(sku, place) == (5, 0) and fresh(case).outcome == REPLACED
    assert claimable(order).quantity == 3 and levels_off_ledger(db.session()) == []


def with_address(place: Warehouse) -> None:
    with transaction() as session:
        session.get_one(Warehouse, place.id).return_address = "成都市示例路 1 号"


def test_a_repaired_machine_comes_back_with_its_own_number_and_longer_warranty(app: Flask, clock: Clock):
    sku, [place] = a_machine(9)
    order = a_received_order(sku, quantity=1)
    [unit] = machines_of(order)
    before = unit.warranty_until
    case = a_case_of(order, REPAIR)
    clock.travel(days=6)
    send(case.id, "sf", "SF7777777777", CLERK, now())
    [unit] = machines_of(order)
    assert fresh(case).outcome == REPAIRED and level_of(sku, place) == (8, 0)
    assert timedelta(days=6) <= unit.warranty_until - before < timedelta(days=6, minutes=1)
    assert unit.returned_at is None and unit.open_case is None


def test_a_machine_beyond_repair_is_replaced_out_of_stock(app: Flask):
    sku, [place] = a_machine(9)
    order = a_received_order(sku, quantity=2)
    first, second = machines_of(order)
    case = a_case_of(order, REPAIR, units=2)
    [new] = serials(1)
    leaving = [serial_of(first), new]
    send(case.id, "sf", "SF7777777777", CLERK, now(), serials=leaving, warehouse_id=place.id)
    away = {serial_of(unit): unit for unit in machines_of(order) if unit.returned_at is None}
    assert set(away) == set(leaving) and level_of(sku, place) == (6, 0)
    assert away[new].warranty_until >= second.warranty_until - timedelta(seconds=1)


def test_a_parcel_of_a_case_stands_with_the_order_and_is_followed_after_its_receipt(app: Flask, clock: Clock):
    case = a_case_to_send(REPAIR)
    send(case.id, "sf", "SF7777777777", CLERK, now())
    order = standing(case.order)
    first, second = parcels_of(db.session(), order.id)[order.parts[0].id]
    assert (first.case_id, second.case_id, second.look_at) == (None, case.id, second.shipped_at)
    assert told(case)[-1] == "case.sent"


def test_a_case_sends_with_a_carrier_and_a_number(app: Flask):
    case = a_case_to_send(REPAIR)
    for carrier, number in (("", "SF7777777777"), ("sf", "x")):
        with pytest.raises(ParcelUnknown):
            send(case.id, carrier, number, CLERK, now())
    assert fresh(case).state == TO_SEND


def test_on_sale_again_goes_only_what_came_back(app: Flask):
    case = sent_back(agreed(a_case(kind=RETURN)))
    for found in (Found(home_of(case), (1, 2)), Found(home_of(case), (7,))):
        with pytest.raises(NotThatManyBack):
            examine(case.id, found, "", CLERK, now())
    with pytest.raises(NotFound):
        examine(case.id, Found(None, (1,)), "", CLERK, now())
    assert fresh(case).received_at is None


def test_numbers_are_kept_while_a_case_is_open_even_after_the_warranty(app: Flask, clock: Clock):
    order = a_received_order(a_machine(9, warranty_months=1)[0], quantity=2)
    clock.travel(days=40)
    case = a_case(order, REPAIR)
    clock.travel(days=30)
    enforce(now())
    assert [unit.open_case for unit in machines_of(order)] == [case.id]
    withdraw(case.id, BUYER, now())
    enforce(now())
    assert machines_of(order) == [] and [unit.unit for unit in fresh(case).units] == [None]


def test_tracking_of_a_parcel_of_a_case_goes_as_long_after_it_as_of_any_other(app: Flask, clock: Clock):
    order = a_received_order(a_machine(9, warranty_months=24)[0])
    clock.travel(days=100)
    case = a_case_of(order, REPAIR)
    send(case.id, "sf", "SF7777777777", CLERK, now())
    parcel = db.session.scalars(select(Parcel).where(Parcel.case_id == case.id)).one()
    report_by_hand(parcel.id, Happening(now(), UNDER_WAY, "已发出"), CLERK, now())
    for days, left in ((39, 1), (2, 0)):
        clock.travel(days=days)
        enforce(now())
        assert len(db.session.scalars(select(TrackingEvent)).all()) == left


def in_part(case: Case, refused: tuple[int, ...], text: str = "外壳破损") -> Case:
    """All that came back goes on sale but for the machines at these places; gives the case of those."""
    accepted = tuple(each.position for each in fresh(case).units if each.position not in refused)
    examine(case.id, Found(home_of(case), accepted, rest=Rest(refused)), text, CLERK, now())
    return db.session.scalars(select(Case).where(Case.split_from == case.id)).one()


@pytest.mark.clause("5.1.1a")
def test_a_return_is_accepted_in_part_and_money_stock_numbers_and_invoice_follow(app: Flask):
    sku, [place] = a_machine(9, price=Money.yuan("1000.01"))
    order = a_received_order(sku, quantity=3)
    invoice = an_issued_invoice(order)
    case = sent_back(agreed(a_case(order, RETURN, units=3), freight="1.00"))
    other = in_part(case, refused=(2,))
    case = fresh(case)
    assert (case.state, case.quantity, case.agreed_amount, case.goods) == (REFUNDING, 2, Money.yuan("2000.02"), TAKEN)
    assert (other.state, other.quantity, other.agreed_amount, other.goods) == (REFUSED, 1, Money.yuan("1000.01"), HERE)
    assert case.agreed_freight + other.agreed_freight == Money.yuan(1)
    assert level_of(sku, place) == (8, 0) and levels_off_ledger(db.session()) == []
    numbers = machines_of(order)
    assert [unit.returned_at is not None for unit in numbers] == [True, False, True]
    assert [unit.open_case for unit in numbers] == [case.id, other.id, case.id]
    paid(case)
    [red] = db.session.get_one(Invoice, invoice.id, populate_existing=True).standing_reds
    assert [(line.quantity, line.amount) for line in red.lines if line.quantity] == [(2, Money.yuan("2000.02"))]
    assert differences(db.session()) == [] and invoices_off(db.session()) == []
    assert told(other) == ["case.goods_rejected"]


def test_what_was_not_accepted_is_sent_back_in_the_end_and_can_be_claimed_again(app: Flask, clock: Clock):
    order = a_received_order(quantity=2)
    case = sent_back(agreed(a_case(order, EXCHANGE, units=2)))
    other = in_part(case, refused=(1,))
    assert fresh(case).state == TO_SEND and fresh(other).state == REFUSED
    clock.travel(days=8)
    end_times()
    assert fresh(other).state == TO_SEND
    send(other.id, "sf", "SF5566778899", CLERK, now())
    assert fresh(other).state == CLOSED and fresh(case).state != CLOSED
    assert [unit.id for unit in claimable(order).machines] == [fresh(other).units[0].unit_id]


def test_the_platform_can_decide_for_the_buyer_about_the_rest(app: Flask):
    order = a_received_order(quantity=2)
    other = in_part(sent_back(agreed(a_case(order, units=2))), refused=(2,))
    escalate(other.id, BUYER, now())
    uphold(other.id, Terms(), "支持", MANAGER, now())
    examined(other)
    assert fresh(other).state == REFUNDING and fresh(other).refund.amount == Money.yuan(1000)


@pytest.mark.parametrize(("rest", "text", "refusal"), [
    (Rest((1, 2)), "全部破损", NotThatManyRefused), (Rest((3,)), "破损", NotThatManyRefused),
    (Rest(()), "破损", NotThatManyRefused), (Rest((1,)), " ", WordsMissing), (Rest((2,)), "破损", NotThatManyBack),
])  # fmt: skip
def test_a_part_that_cannot_be_is_refused_and_changes_nothing(
    app: Flask, rest: Rest, text: str, refusal: type[Exception]
):
    case = sent_back(agreed(a_case(a_received_order(quantity=2), units=2)))
    with pytest.raises(refusal):
        examine(case.id, Found(home_of(case), (2,), rest=rest), text, CLERK, now())
    assert fresh(case).quantity == 2 and fresh(case).state == RETURNING
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_of_what_the_platform_decided_nothing_is_refused_in_part(app: Flask):
    case = a_case(a_received_order(quantity=2), units=2)
    refuse(case.id, "不同意", CLERK, now())
    escalate(case.id, BUYER, now())
    uphold(case.id, terms(case), "支持", MANAGER, now())
    sent_back(case)
    with pytest.raises(AgreedAlready):
        in_part(case, refused=(1,))


def test_goods_without_numbers_are_refused_by_how_many(app: Flask):
    order = a_received_order(a_machine(9, kind="part")[0], quantity=5)
    case = sent_back(agreed(a_case(order, RETURN, units=5, machines=())))
    examine(case.id, Found(home_of(case), units=1, rest=Rest(units=2)), "缺配件", CLERK, now())
    other = db.session.scalars(select(Case).where(Case.split_from == case.id)).one()
    assert (fresh(case).quantity, fresh(case).restocked, other.quantity) == (3, 1, 2)
    line = db.session.get_one(OrderLine, case.line_id, populate_existing=True)
    assert (line.returned, line.came_back) == (3, 3)
