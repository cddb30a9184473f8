"""Placing an order: the server's own prices and stock, one order for one form, all or nothing. Clauses 1.1.3a-c."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account
from app.cart.holding import MemberCart
from app.catalog.models import Sku
from app.checkout.addresses import Consignee, edit_address, remove_address
from app.checkout.limits import MOST_ORDERS, UNITS_FOR_ANYONE, TooManyUnpaidOrders, TooManyUnpaidUnits
from app.checkout.placing import FormUsedForAnotherOrder, NothingToOrder, PricesChanged
from app.checkout.reviewing import review
from app.foundation.audit import LedgerEntry
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, PurposeRefused, purpose
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel
from app.orders.lifecycle import AWAITING_PAYMENT, HOLDS, REMITTANCE, Actor
from app.orders.models import Order
from app.orders.queries import own_order
from app.payments.queries import remittance_of
from app.stock.errors import OutOfStock
from app.stock.queries import levels_off_ledger
from tests.accounts.builders import an_account
from tests.catalog.builders import a_service
from tests.checkout.builders import CONSIGNEE, a_buyer, an_address, an_order, as_buyer, in_cart, place
from tests.payments.builders import pay
from tests.stock.builders import a_stocked_sku, level_of


def orders() -> int:
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def fingerprint(buyer: Account) -> str:
    """Of the offer that the buyer sees now."""
    offer = review(db.session(), buyer.id, None).offer
    assert offer
    return offer.fingerprint


def price(sku: Sku, yuan: str) -> None:
    with transaction() as session:
        session.get_one(Sku, sku.id).price = Money.yuan(yuan)


@pytest.mark.clause("1.1.3a")
def test_a_cart_becomes_an_order_that_holds_its_units(app: Flask):
    sku, [place_of] = a_stocked_sku(5)
    buyer = a_buyer(sku, quantity=2)
    order = place(buyer)
    assert order.state == AWAITING_PAYMENT and order.hold_until == order.placed_at + HOLDS[REMITTANCE]
    assert [(line.sku_id, line.quantity) for line in order.lines] == [(sku.id, 2)]
    assert level_of(sku, place_of) == (5, 2)
    assert MemberCart(db.session(), buyer.id).lines() == []


@pytest.mark.clause("1.1.3c")
def test_the_total_is_the_sum_of_lines_and_freight_in_every_part(app: Flask):
    spot, _ = a_stocked_sku(5, price=Money.yuan("1234.56"), weight_g=14_200)
    futures, _ = a_stocked_sku(9, price=Money.yuan("999.99"), delivery="futures", delivery_month="2027-03")
    order = an_order(spot, futures, a_service(), quantity=3)
    assert [part.delivery for part in order.parts] == ["spot", "futures", "service"]
    for part in order.parts:
        assert part.goods == Money.total(line.unit_price * line.quantity for line in part.lines)
    assert order.total == Money.total(part.goods + part.freight for part in order.parts)
    assert order.parts[2].freight == Money(0) and order.parts[0].freight > Money(0)
    assert [line.vat_percent for line in order.lines] == [13, 13, 6]


def test_units_from_two_warehouses_make_two_parts(app: Flask):
    sku, places = a_stocked_sku(3, 4)
    order = an_order(sku, quantity=6)
    assert sorted((part.warehouse_id, part.lines[0].quantity) for part in order.parts) == sorted(
        [(places[0].id, 2), (places[1].id, 4)]
    )


@pytest.mark.clause("1.1.3b")
def test_the_consignee_is_one_sealed_block_readable_for_service_only(app: Flask):
    order = an_order()
    with purpose(Purpose.SERVICE):
        assert order.consignee == CONSIGNEE
    with pytest.raises(PurposeRefused), purpose(Purpose.PROMOTION):
        _ = order.consignee
    assert CONSIGNEE["consignee"].encode() not in order.consignee_sealed


def test_editing_or_deleting_an_address_changes_no_order(app: Flask):
    sku, _ = a_stocked_sku(5)
    buyer = a_buyer(sku)
    address = an_address(buyer, consignee="李四")
    order = place(buyer, address_id=address.id)
    edit_address(buyer.id, address.id, Consignee(**{**CONSIGNEE, "consignee": "王五"}), order.placed_at)
    remove_address(buyer.id, address.id)
    with purpose(Purpose.SERVICE):
        assert own_order(db.session(), buyer.id, order.number).consignee["consignee"] == "李四"


def test_the_same_form_twice_is_the_same_order(app: Flask):
    sku, [place_of] = a_stocked_sku(5)
    buyer = a_buyer(sku)
    shown = fingerprint(buyer)
    first = place(buyer, key="form", shown=shown)
    again = place(buyer, key="form", shown=shown)
    assert again.id == first.id and orders() == 1 and level_of(sku, place_of) == (5, 1)


def test_the_same_form_with_other_contents_is_refused(app: Flask):
    sku, _ = a_stocked_sku(5)
    buyer = a_buyer(sku)
    place(buyer, key="form")
    in_cart(buyer, sku, 2)
    with pytest.raises(FormUsedForAnotherOrder):
        place(buyer, key="form")
    assert orders() == 1


def test_two_buyers_may_happen_to_use_one_key(app: Flask):
    sku, _ = a_stocked_sku(5)
    assert place(a_buyer(sku), key="form").id != place(a_buyer(sku), key="form").id


def test_a_price_that_changed_since_the_review_is_never_charged_unseen(app: Flask):
    sku, [place_of] = a_stocked_sku(5)
    buyer = a_buyer(sku)
    shown = fingerprint(buyer)
    price(sku, "15000.00")
    with pytest.raises(PricesChanged):
        place(buyer, shown=shown)
    assert orders() == 0 and level_of(sku, place_of) == (5, 0)
    assert place(buyer).goods == Money.yuan(15000)


def test_the_price_kept_in_the_cart_row_is_never_billed(app: Flask):
    sku, _ = a_stocked_sku(5)
    buyer = a_buyer()
    MemberCart(db.session(), buyer.id).put(sku.id, 1, Money.yuan(1), an_address(buyer).changed_at)
    assert place(buyer).goods == sku.price


def test_more_than_there_is_cannot_be_ordered_and_nothing_is_kept_of_the_attempt(app: Flask):
    plenty, [first] = a_stocked_sku(5)
    scarce, [second] = a_stocked_sku(3)
    buyer = a_buyer(plenty, scarce, quantity=3)
    shown = fingerprint(buyer)
    an_order(scarce, quantity=1)
    with pytest.raises((OutOfStock, NothingToOrder)):
        place(buyer, shown=shown)
    assert orders() == 1 and level_of(plenty, first) == (5, 0) and level_of(scarce, second) == (3, 1)
    assert len(MemberCart(db.session(), buyer.id).lines()) == 2


def test_a_line_that_cannot_be_bought_stays_in_the_cart_and_out_of_the_order(app: Flask):
    here, _ = a_stocked_sku(5)
    gone, _ = a_stocked_sku(0)
    buyer = a_buyer(here, gone)
    order = place(buyer)
    assert [line.sku_id for line in order.lines] == [here.id]
    assert [line.sku_id for line in MemberCart(db.session(), buyer.id).lines()] == [gone.id]


def test_an_empty_cart_makes_no_order(app: Flask):
    with pytest.raises(NothingToOrder):
        place(a_buyer())


def test_only_so_many_unpaid_orders_hold_goods_until_one_is_cancelled(app: Flask):
    sku, _ = a_stocked_sku(50)
    buyer = a_buyer()
    made = [an_order(sku, account=buyer) for _ in range(MOST_ORDERS)]
    in_cart(buyer, sku)
    with pytest.raises(TooManyUnpaidOrders):
        place(buyer)
    cancel(made[0].id, as_buyer(buyer).actor, made[0].placed_at)
    assert place(buyer).number


def test_a_buyer_holds_at_most_half_of_a_stock_unpaid_over_all_orders_and_the_refused_one_takes_nothing(app: Flask):
    sku, [place_of] = a_stocked_sku(40)
    buyer = a_buyer()
    first = an_order(sku, quantity=15, account=buyer)
    in_cart(buyer, sku, 6)
    with pytest.raises(TooManyUnpaidUnits) as refused:
        place(buyer)
    assert (refused.value.sku_id, refused.value.most) == (sku.id, 20)
    assert level_of(sku, place_of) == (40, 15)
    pay(first)
    assert place(buyer).lines[0].quantity == 6


def test_what_others_hold_is_no_reason_to_refuse(app: Flask):
    sku, _ = a_stocked_sku(40)
    an_order(sku, quantity=20)
    assert an_order(sku, quantity=20).is_unpaid


def test_of_a_small_stock_anyone_may_hold_all(app: Flask):
    sku, _ = a_stocked_sku(UNITS_FOR_ANYONE)
    assert an_order(sku, quantity=UNITS_FOR_ANYONE).is_unpaid


def test_nobody_orders_to_the_address_of_another_account(app: Flask):
    sku, _ = a_stocked_sku(5)
    buyer, other = a_buyer(sku), an_account()
    with pytest.raises(NotFound):
        place(buyer, address_id=an_address(other).id)


def test_placing_is_told_recorded_and_given_a_remittance_code_in_the_same_breath(app: Flask):
    order = an_order()
    assert remittance_of(db.session(), order.id).amount == order.total
    told = db.session.scalars(select(OutboxMessage.channel).where(OutboxMessage.code == "order.placed")).all()
    assert sorted(told) == ["site", "sms"]
    facts = db.session.scalars(select(LedgerEntry.facts).where(LedgerEntry.event == "order.place")).one()
    assert facts["order"] == order.number and "张三丰" not in str(facts)
    assert [event.name for event in own_order(db.session(), order.account_id, order.number).events] == ["place"]


def test_the_stock_ledger_balances_after_all_of_it(app: Flask):
    sku, _ = a_stocked_sku(5, 2)
    order = an_order(sku, quantity=6)
    cancel(order.id, Actor("buyer", 1), order.placed_at)
    assert levels_off_ledger(db.session()) == []
