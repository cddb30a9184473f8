"""Bank, receipts, allocations and orders sum to zero by day and in all, and what does not is named. FLOWS.md 3."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app.foundation.clock import Clock, now, today
from app.foundation.database import db, transaction
from app.foundation.money import ZERO, Money
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.applying import record
from app.payments.approving import use
from app.payments.bank.deciding import apply_row, set_aside
from app.payments.bank.models import BankRow
from app.payments.chinabank.models import PAID, PaymentAttempt
from app.payments.models import BY_CHINABANK, Allocation, Receipt
from app.payments.reconciling import ages, days_of, reconcile
from tests.backoffice.builders import Desk
from tests.backoffice.test_orders_desk import queries_of
from tests.checkout.builders import an_order
from tests.payments.bank.builders import a_row, a_transfer, code_of, rows, taken_in
from tests.payments.builders import FINANCE, pay

EXTRA = Money(700)


def a_busy_day() -> Order:
    """Rows applied, over-paid, set aside and open; a transfer typed by hand; late money moved on; money online."""
    order, by_hand, late = an_order(), an_order(), an_order()
    taken_in(
        a_transfer(str(order.total + EXTRA), code_of(order), number="ROW1"),
        a_transfer("5.00", number="ROW2"),
        a_transfer("6.00", number="ROW3"),
    )
    apply_row(rows()[0].id, {order.id: rows()[0].amount}, FINANCE, now())
    set_aside(rows()[1].id, "own_transfer", FINANCE, now())
    pay(by_hand, reference="HAND1")
    cancel(late.id, Actor("buyer", 1), now())
    receipt = pay(late, reference="HAND2").receipt
    use(receipt.id, an_order().id, Money(100), FINANCE, now())
    with transaction() as session:
        attempt = {"order_id": order.id, "number": 1, "oid": "1001", "amount": Money(900), "state": PAID}
        session.add(PaymentAttempt(**attempt, begun_at=now()))
        record(session, BY_CHINABANK, "1001", Money(900), today(), FINANCE, now())
    return order


@pytest.mark.clause("1.1.5a")
def test_a_busy_day_sums_to_zero_and_tells_its_work(app: Flask):
    order = a_busy_day()
    found = reconcile(db.session())
    ((day, books),) = days_of(found, today())
    assert found.is_sound and day == today() and books == found.total
    assert books.bank == order.total + EXTRA + Money(600) and books.undecided == Money(600)
    assert books.remitted == order.total * 3 + EXTRA and books.unseen == order.total * 2
    assert (books.online, books.allocated) == (Money(900), order.total * 2 + Money(100))
    assert books.unapplied == EXTRA + (order.total - Money(100)) + Money(900)
    assert found.held == books.allocated


def test_a_statement_that_shows_a_transfer_typed_by_hand_settles_it(app: Flask):
    order = an_order()
    pay(order, reference="HAND1")
    assert reconcile(db.session()).total.unseen == order.total
    a_row(str(order.total), number="HAND1")
    total = reconcile(db.session()).total
    assert (total.unseen, total.undecided, total.sums_to_zero) == (ZERO, ZERO, True)


@pytest.mark.parametrize(
    ("damage", "differs"),
    [
        (update(Order).where(Order.paid > ZERO).values(paid=Order.paid - Money(1)), "order_difference"),
        (update(Receipt).where(Receipt.reference == "ROW1").values(amount=Receipt.amount + Money(1)), "days"),
        (update(Receipt).where(Receipt.reference == "ROW1").values(applied=Receipt.applied - Money(1)), "days"),
        (update(BankRow).where(BankRow.reference == "ROW1").values(amount=BankRow.amount - Money(1)), "days"),
        (update(PaymentAttempt).values(amount=PaymentAttempt.amount + Money(1)), "days"),
        (update(PaymentAttempt).values(oid="1002"), "days"),
        (update(Receipt).where(Receipt.channel == BY_CHINABANK).values(channel="remittance"), "word_difference"),
        (delete(Allocation), "order_difference"),
    ],
    ids=["order", "receipt", "rest", "bank row", "attempt", "its number", "its receipt", "allocations"],
)
def test_a_fen_that_is_lost_anywhere_is_found(app: Flask, damage, differs: str):
    a_busy_day()
    with transaction() as session:
        session.execute(damage, execution_options={"synchronize_session": False})
    found = reconcile(db.session())
    assert not found.is_sound
    told = {"order_difference": found.order_difference, "word_difference": found.word_difference}
    assert not found.total.sums_to_zero if differs == "days" else told[differs]


def test_the_command_says_so_too_and_ends_with_1(app: Flask):
    a_busy_day()
    run = app.test_cli_runner()
    well = run.invoke(args=["payments", "reconcile"])
    assert well.exit_code == 0 and "all sums to zero" in well.output
    with transaction() as session:
        session.execute(update(Order).where(Order.paid > ZERO).values(paid=Order.paid - Money(1)))
        session.execute(update(BankRow).where(BankRow.reference == "ROW1").values(amount=Money(1)))
    ill = run.invoke(args=["payments", "reconcile", "--json"])
    facts = json.loads(ill.output)
    assert (ill.exit_code, facts["sound"], list(facts["days"])) == (1, False, [today().isoformat()])
    told = run.invoke(args=["payments", "reconcile"]).output
    assert "DOES NOT SUM TO ZERO" in told and "order.paid" in told and "orders differ by" in told


def test_unpaid_orders_are_told_by_age(app: Flask, clock: Clock):
    clock.freeze(now())
    order = an_order()
    clock.travel(days=2)
    an_order()
    told = [(age.orders, age.due) for age in ages(db.session(), now())]
    assert told == [(1, order.total), (1, order.total), (0, ZERO), (0, ZERO)]
    assert sum(age.orders for age in ages(db.session(), now() + timedelta(days=9))) == 2


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_page_shows_sums_work_and_differences(app: Flask, lang: str):
    a_busy_day()
    desk = Desk(app, "finance")
    page = desk.get("/reconciliation", lang).text
    assert "ROW3" in page and "HAND1" in page and "notice--good" in page
    with transaction() as session:
        session.execute(update(Order).where(Order.paid > ZERO).values(paid=Order.paid - Money(1)))
    assert "notice--danger" in desk.get("/reconciliation", lang).text


def test_queries_do_not_grow_with_what_there_is(app: Flask):
    desk = Desk(app, "finance")

    def queries(count: int) -> int:
        taken_in(*[a_transfer("1", number=f"G{count}X{n}") for n in range(count)])
        for _ in range(count):
            pay(an_order())
        return queries_of(lambda: desk.get("/reconciliation"))

    queries(1)
    assert queries(2) == queries(6)
