"""An order stays, its person does not: goods, amounts and tax intact, nothing that leads to anybody. Clause 5.2.2c."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db, transaction
from app.foundation.money import ZERO
from app.orders.anonymising import OrderStillOpen, anonymise, month_of
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderLine
from app.orders.queries import day_totals, orders_by_product
from app.orders.receiving import confirm_receipt
from app.payments.proving import differences
from app.privacy.keeping import enforce, past_its_time
from app.stock.models import StockMovement
from app.stock.queries import levels_off_ledger
from tests.accounts.builders import a_staff_member, signed_in
from tests.checkout.builders import an_order
from tests.shipping.builders import send_all
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku

BUYER = Actor("buyer", 7)


def a_completed_order():
    order = a_paid_order(a_stocked_sku(9)[0])
    send_all(order)
    for part in db.session.get(Order, order.id, populate_existing=True).parts:
        confirm_receipt(part.id, BUYER, now())
    return db.session.get(Order, order.id, populate_existing=True)


def make_anonymous(*orders):
    with transaction() as session:
        anonymise(session, [order.id for order in orders], now())
    return [db.session.get(Order, order.id, populate_existing=True) for order in orders]


def sums():
    """What the books say, by goods, amounts and tax."""
    orders = select(func.count(), func.sum(Order.total), func.sum(Order.paid), func.sum(Order.freight))
    lines = select(
        func.count(), func.sum(OrderLine.amount), func.sum(OrderLine.quantity), func.sum(OrderLine.vat_percent)
    )
    return [tuple(db.session.execute(query).one()) for query in (orders, lines)]


@pytest.mark.clause("5.2.2c")
def test_sums_stay_and_everything_that_leads_to_a_person_goes(app):
    order = a_completed_order()
    before, number, reference = sums(), order.number, (order.goods, order.total, len(order.lines))
    (anonymous,) = make_anonymous(order)
    assert sums() == before and differences(db.session()) == [] and not levels_off_ledger(db.session())
    assert (anonymous.goods, anonymous.total, len(anonymous.lines)) == reference
    assert anonymous.number != number and db.session.scalar(select(Order.id).where(Order.number == number)) is None
    assert (anonymous.account_id, anonymous.subject_id, anonymous.consignee_sealed) == (None, 0, b"")
    assert db.session.scalars(select(StockMovement.id).where(StockMovement.order_ref == order.id)).all() == []
    assert {event.actor for event in anonymous.events if event.role == "buyer"} <= {None}


@pytest.mark.clause("5.2.2c")
def test_every_date_is_cut_to_its_month(app):
    (order,) = make_anonymous(a_completed_order())
    dates = [order.placed_at, order.paid_at, order.completed_at, order.parts[0].shipped_at]
    assert all(moment == month_of(moment) for moment in dates)
    moments = [event.at.astimezone(SHANGHAI) for event in order.events]
    assert all(moment.day == 1 and (moment.hour, moment.minute, moment.second) == (0, 0, 0) for moment in moments)
    assert all(earlier <= later for earlier, later in pairwise(moments))


@pytest.mark.clause("5.2.2c")
@pytest.mark.parametrize(("orders", "kept"), [(4, None), (5, "neimenggu")])
def test_a_province_stays_only_where_enough_orders_share_month_and_kind(app, orders, kept):
    some = [a_completed_order() for _ in range(orders)]
    assert {order.province for order in make_anonymous(*some)} == {kept}


@pytest.mark.clause("5.2.2c")
def test_no_cell_of_province_month_and_kind_is_smaller_than_the_floor(app):
    first, later = [a_completed_order() for _ in range(5)], [a_completed_order() for _ in range(2)]
    make_anonymous(*first)
    for order in later:
        make_anonymous(order)
    cells = (
        select(func.count()).where(Order.province.is_not(None)).group_by(Order.placed_at, Order.kind, Order.province)
    )
    assert all(count >= 5 for count in db.session.scalars(cells))


def test_an_order_under_way_cannot_be_made_anonymous(app):
    order = an_order()
    with pytest.raises(OrderStillOpen), transaction() as session:
        anonymise(session, [order.id], now())


@pytest.mark.clause("5.1.3b")
def test_an_order_becomes_anonymous_three_years_after_it_ended(app, clock):
    order = an_order()
    cancel(order.id, BUYER, now())
    clock.travel(days=3 * 365)
    assert enforce(now(), "orders") == {"orders": 0}
    clock.travel(days=2)
    assert enforce(now(), "orders") == {"orders": 1} and past_its_time(db.session(), now())["orders"] == 0
    assert db.session.get(Order, order.id, populate_existing=True).is_anonymous


@pytest.mark.clause("2.9")
def test_the_sums_of_its_day_are_told_as_before(app):
    order, today = an_order(), now().astimezone(SHANGHAI).date()
    cancel(order.id, BUYER, now())
    before = day_totals(db.session(), today), orders_by_product(db.session(), today)
    make_anonymous(order)
    assert (day_totals(db.session(), today), orders_by_product(db.session(), today)) == before
    first = date(today.year, today.month, 1)
    if first != today:
        assert day_totals(db.session(), first).placed_amount == ZERO


def test_making_anonymous_twice_is_making_anonymous_once(app):
    (order,) = make_anonymous(a_completed_order())
    number = order.number
    make_anonymous(order)
    assert db.session.get(Order, order.id, populate_existing=True).number == number


def test_the_desk_shows_an_anonymous_order_and_nobody_in_it(client):
    (order,) = make_anonymous(a_completed_order())
    page = signed_in(client, a_staff_member()).get(f"/en/desk/orders/{order.number}")
    assert page.status_code == 200 and "张" not in page.text
