"""Futures from deposit to delay: firm by the deposit, shipped when the balance is there, late at our cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.catalog.futures import STANDARD, Terms, terms_id
from app.catalog.models import Sku
from app.checkout.placing import PricesChanged
from app.checkout.reviewing import review
from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.money import Money
from app.notifications.models import OutboxMessage
from app.orders.balancing import balances_awaited, balances_overdue, delays_of, parts_delayed
from app.orders.guards import BalanceUnpaid, refusal_of
from app.orders.models import Order
from app.orders.moving import lock_part, move_part
from app.payments.proving import differences
from tests.accounts.builders import signed_in
from tests.checkout.builders import a_buyer, place
from tests.payments.builders import pay
from tests.shipping.builders import CLERK, send
from tests.stock.builders import a_stocked_sku

BEFORE = datetime(2026, 11, 30, 4, tzinfo=UTC)


def futures(price: int = 1000, terms: Terms = STANDARD, month: str = "2027-03", units: int = 9) -> Sku:
    with transaction() as session:
        known = terms_id(session, terms)
    sku, _ = a_stocked_sku(
        units, price=Money.yuan(price), delivery="futures", delivery_month=month, futures_terms_id=known
    )
    return sku


def ordered(*skus: Sku) -> Order:
    return place(a_buyer(*skus))


def as_it_stands(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def told(code: str) -> int:
    return len(db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.code == code)).all())


@pytest.fixture(autouse=True)
def in_november(clock: Clock) -> None:
    clock.freeze(BEFORE)


@pytest.mark.clause("1.1.3c")
def test_the_deposit_is_the_share_of_futures_and_all_of_the_rest(app: Flask):
    spot, _ = a_stocked_sku(5, price=Money.yuan(200))
    order = ordered(futures(1000), spot)
    first, coming = order.parts
    assert order.deposit == first.goods + first.freight + Money.yuan(300)
    assert order.total == order.deposit + Money.yuan(700) + coming.freight
    assert (order.balance_due_on, order.due_now) == (date(2027, 2, 22), order.deposit)
    assert coming.late_from == datetime(2027, 4, 10, 16, tzinfo=UTC) and first.late_from is None


def test_futures_without_terms_are_paid_whole_before(app: Flask):
    sku, _ = a_stocked_sku(5, delivery="futures", delivery_month="2027-03")
    order = ordered(sku)
    assert order.deposit == order.total and order.balance_due_on is None


def test_futures_of_other_terms_are_another_part_and_the_earlier_day_counts_for_the_balance(app: Flask):
    order = ordered(futures(), futures(terms=Terms(50, 20, 10, 5, 5)), futures(month="2027-05"))
    assert len(order.parts) == 3 and order.balance_due_on == date(2027, 2, 9)


def test_what_was_promised_stays_with_the_order_whatever_is_offered_later(app: Flask):
    sku = futures()
    order = ordered(sku)
    with transaction() as session:
        sku.futures_terms_id = terms_id(session, Terms(80, 1, 0, 1, 1))
    assert as_it_stands(order).parts[0].terms == STANDARD


def test_terms_that_changed_since_the_review_are_not_ordered_unseen(app: Flask):
    sku = futures()
    buyer = a_buyer(sku)
    seen = review(db.session(), buyer.id, None).offer
    with transaction() as session:
        sku.futures_terms_id = terms_id(session, Terms(30, 7, 10, 5, 4))
    with pytest.raises(PricesChanged):
        place(buyer, shown=seen.fingerprint if seen else "")


@pytest.mark.clause("1.1.5a")
def test_futures_leave_only_when_the_balance_is_there_and_goods_in_stock_before(app: Flask):
    spot, _ = a_stocked_sku(5)
    order = ordered(futures(), spot)
    pay(order, order.deposit)
    assert as_it_stands(order).state == "awaiting_shipment" and told("order.deposit_paid")
    first, coming = order.parts
    with pytest.raises(BalanceUnpaid):
        send(coming)
    with pytest.raises(BalanceUnpaid), transaction() as session:
        move_part(session, lock_part(session, coming.id), "ship", CLERK, now())
    assert refusal_of("ship", as_it_stands(order).parts[1]) and refusal_of("ship", order.parts[0]) is None
    send(first)
    pay(order, as_it_stands(order).due_now)
    send(as_it_stands(order).parts[1])
    assert as_it_stands(order).state == "awaiting_receipt" and differences(db.session()) == []


def test_the_balance_is_asked_for_once_a_week_before(app: Flask, clock: Clock):
    order, other = ordered(futures()), ordered(futures())
    pay(order, order.deposit)
    pay(other)
    for day, expected in ((datetime(2027, 2, 14, 15, tzinfo=UTC), 0), (datetime(2027, 2, 14, 17, tzinfo=UTC), 1)):
        clock.freeze(day)
        for _ in range(2):
            assert run_duty(app, DUTIES["orders.remind_balance"])
        assert (told("order.balance_due") > 0) == bool(expected)
    numbers = select(OutboxMessage.about).where(OutboxMessage.code == "order.balance_due").distinct()
    assert list(db.session.scalars(numbers)) == [order.number] and as_it_stands(order).balance_reminded_at == now()


def test_a_balance_is_overdue_after_its_day_until_it_is_paid_and_the_clock_cancels_nothing(app: Flask, clock: Clock):
    order = ordered(futures())
    pay(order, order.deposit)
    assert list(db.session.scalars(balances_awaited())) == [order]
    assert not list(db.session.scalars(balances_overdue(date(2027, 2, 22))))
    assert list(db.session.scalars(balances_overdue(date(2027, 2, 23)))) == [order]
    clock.freeze(datetime(2027, 3, 30, tzinfo=UTC))
    run_duty(app, DUTIES["orders.expire_holds"])
    pay(order, as_it_stands(order).due_now)
    assert not list(db.session.scalars(balances_overdue(date(2027, 3, 30))))


def test_an_unpaid_order_is_neither_reminded_of_its_balance_nor_late(app: Flask, clock: Clock):
    ordered(futures())
    clock.freeze(datetime(2027, 6, 1, tzinfo=UTC))
    assert not list(db.session.scalars(balances_awaited())) and not list(db.session.scalars(parts_delayed(now())))


def test_late_shipping_is_listed_with_what_it_costs_until_it_leaves(app: Flask, clock: Clock):
    order = ordered(futures(price=100_000))
    pay(order)
    assert not list(db.session.scalars(parts_delayed(datetime(2027, 4, 10, 15, 59, tzinfo=UTC))))
    clock.freeze(datetime(2027, 4, 14, 16, tzinfo=UTC))
    late = db.session.scalars(parts_delayed(now())).all()
    [delay] = delays_of(db.session(), late, now())
    assert (delay.part.id, delay.days, delay.owed) == (order.parts[0].id, 5, Money.yuan(250))
    send(order.parts[0])
    clock.travel(days=30)
    [delay] = delays_of(db.session(), db.session.scalars(parts_delayed(now())).all(), now())
    assert (delay.days, delay.owed) == (5, Money.yuan(250))


def test_a_balance_that_came_late_itself_counts_from_its_own_day(app: Flask, clock: Clock):
    order = ordered(futures(price=100_000))
    pay(order, order.deposit)
    clock.freeze(datetime(2027, 4, 20, tzinfo=UTC))
    [delay] = delays_of(db.session(), db.session.scalars(parts_delayed(now())).all(), now())
    assert delay.owed == Money(0)
    pay(order, as_it_stands(order).due_now)
    clock.freeze(now() + timedelta(days=3))
    [delay] = delays_of(db.session(), db.session.scalars(parts_delayed(now())).all(), now())
    assert delay.owed == Money.yuan(150)


@pytest.mark.clause("1.1.3c")
@pytest.mark.parametrize(
    ("lang", "deposit", "promise"),
    [("en", "A deposit of 30% of the goods", "after 2027-04-10, we pay 0.05%"), ("zh-cn", "定金 30%", "0.05%")],
)
def test_terms_are_shown_before_buying_and_after(
    app: Flask, client: FlaskClient, lang: str, deposit: str, promise: str
):
    sku = futures()
    buyer = a_buyer(sku)
    browser = signed_in(client, buyer)
    for path in (f"products/{sku.product.slug}", "checkout"):
        page = browser.get(f"/{lang}/{path}").text
        assert deposit in page and promise in page and "2027-02-22" in page, path
    assert "2027-02-22" in browser.get(f"/{lang}/cart").text
    order = place(buyer)
    pay(order, order.deposit)
    page = browser.get(f"/{lang}/orders/{order.number}").text
    assert promise in page and f"/{lang}/orders/{order.number}/remittance" in page
    assert "2027-02-22" in browser.get(f"/{lang}/orders/{order.number}/remittance").text
