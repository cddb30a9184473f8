"""Futures that come later than promised: the balance moves with them, what was promised stays."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.money import Money
from app.orders.balancing import balances_overdue, delays_of, parts_delayed
from app.orders.lifecycle import MoveNotAllowed, MoveRefused
from app.orders.postponing import NotLater, postpone
from tests.accounts.builders import signed_in
from tests.backoffice.builders import Desk
from tests.checkout.builders import a_buyer, place
from tests.orders.test_futures import BEFORE, as_it_stands, futures, ordered, told
from tests.payments.builders import FINANCE, pay
from tests.shipping.builders import CLERK, send
from tests.stock.builders import a_stocked_sku


@pytest.fixture(autouse=True)
def in_november(clock: Clock) -> None:
    clock.freeze(BEFORE)


def test_the_balance_is_due_later_by_as_much_and_the_promise_stays(app: Flask):
    order = ordered(futures(100_000))
    pay(order, order.deposit)
    late_from = order.parts[0].late_from
    postpone(order.parts[0].id, "2027-05", CLERK, now())
    stands = as_it_stands(order)
    part = stands.parts[0]
    assert (stands.balance_due_on, part.delivery_month, part.coming_month) == (date(2027, 4, 24), "2027-03", "2027-05")
    assert part.late_from == late_from and told("order.balance_later") == 2
    assert not list(db.session.scalars(balances_overdue(date(2027, 4, 24))))


def test_who_was_reminded_is_reminded_again_before_the_new_day(app: Flask, clock: Clock):
    order = ordered(futures())
    pay(order, order.deposit)
    clock.freeze(datetime(2027, 2, 16, tzinfo=UTC))
    run_duty(app, DUTIES["orders.remind_balance"])
    postpone(order.parts[0].id, "2027-05", CLERK, now())
    run_duty(app, DUTIES["orders.remind_balance"])
    assert as_it_stands(order).balance_reminded_at is None
    clock.freeze(datetime(2027, 4, 18, tzinfo=UTC))
    run_duty(app, DUTIES["orders.remind_balance"])
    assert as_it_stands(order).balance_reminded_at == now()


def test_a_buyer_who_pays_by_the_new_day_loses_nothing_by_having_waited(app: Flask, clock: Clock):
    order = ordered(futures(price=100_000))
    pay(order, order.deposit)
    postpone(order.parts[0].id, "2027-05", CLERK, now())
    clock.freeze(datetime(2027, 4, 20, tzinfo=UTC))
    pay(order, as_it_stands(order).due_now)
    clock.freeze(datetime(2027, 4, 22, tzinfo=UTC))
    [delay] = delays_of(db.session(), db.session.scalars(parts_delayed(now())).all(), now())
    assert (delay.days, delay.owed) == (12, Money.yuan(600))


def test_the_part_that_comes_first_still_decides(app: Flask):
    order = ordered(futures(), futures(month="2027-04"))
    pay(order, order.deposit)
    first, second = order.parts
    postpone(second.id, "2027-08", CLERK, now())
    assert as_it_stands(order).balance_due_on == date(2027, 2, 22)
    postpone(first.id, "2027-06", CLERK, now())
    assert as_it_stands(order).balance_due_on == date(2027, 5, 25)


def test_a_paid_order_is_told_of_the_delay_alone(app: Flask):
    order = ordered(futures())
    pay(order)
    postpone(order.parts[0].id, "2027-04", CLERK, now())
    assert told("order.later") == 2 and not told("order.balance_later")


def test_a_month_only_moves_away_and_only_of_what_is_still_here_under_terms(app: Flask):
    spot, _ = a_stocked_sku(5)
    order = ordered(futures(), spot)
    pay(order)
    stock, coming = order.parts
    for month in ("2027-03", "2027-02", "2026-12"):
        with pytest.raises(NotLater):
            postpone(coming.id, month, CLERK, now())
    with pytest.raises(MoveRefused):
        postpone(stock.id, "2027-04", CLERK, now())
    with pytest.raises(MoveNotAllowed):
        postpone(coming.id, "2027-04", FINANCE, now())
    send(coming)
    with pytest.raises(MoveRefused):
        postpone(coming.id, "2027-04", CLERK, now())


@pytest.mark.parametrize(("month", "status"), [("2027-05", 303), ("2027-03", 422), ("May", 422), ("", 422)])
def test_a_clerk_announces_it_on_a_page_of_its_own(app: Flask, month: str, status: int):
    order = ordered(futures())
    pay(order, order.deposit)
    desk, path = Desk(app, "clerk"), f"/orders/{order.number}/parts/1/month"
    assert path in desk.get(f"/orders/{order.number}").text and desk.get(path).status_code == 200
    answer = desk.post(path, "PostponeForm", {"month": month})
    assert answer.status_code == status and (status == 303 or 'id="month-error"' in answer.text)
    assert (as_it_stands(order).parts[0].expected_month == "2027-05") == (status == 303)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "Shipping starts in 2027-05, later than promised"), ("zh-cn", "改为 2027-05 开始发货")]
)
def test_the_buyer_reads_the_new_month_and_the_new_day(app: Flask, client: FlaskClient, lang: str, said: str):
    buyer = a_buyer(futures())
    order = place(buyer)
    pay(order, order.deposit)
    postpone(order.parts[0].id, "2027-05", CLERK, now())
    page = signed_in(client, buyer).get(f"/{lang}/orders/{order.number}").text
    assert said in page and "2027-04-24" in page and "2027-04-10" in page


def test_a_month_moves_on_postgresql_too(pg_shop: Flask):
    order = ordered(futures())
    pay(order, order.deposit)
    postpone(order.parts[0].id, "2027-05", CLERK, now())
    assert as_it_stands(order).balance_due_on == date(2027, 4, 24)
