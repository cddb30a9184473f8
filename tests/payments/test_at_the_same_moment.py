"""Money that arrives for one order at the very same moment: applied whole, with no deadlock. FLOWS.md 2."""

from collections.abc import Callable
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.orders.models import Order
from app.payments.applying import receive
from app.payments.models import BY_CHINABANK, BY_REMITTANCE
from app.payments.proving import differences
from tests.checkout.at_once import all_at_once
from tests.checkout.builders import an_order
from tests.payments.builders import FINANCE
from tests.stock.builders import a_stocked_sku

ROUNDS = 15


def receiving(gate: Barrier, *arrivals: tuple[int, str, Money]) -> Callable[[], None]:
    """One clerk or machine: for each arrival (order, the bank's number, amount) a transaction of its own."""

    def act() -> None:
        for order_id, reference, amount in arrivals:
            gate.wait(20)
            with transaction() as session:
                channel = BY_REMITTANCE if reference.startswith("B") else BY_CHINABANK
                receive(session, channel, reference, amount, today(), order_id, FINANCE, now())

    return act


def check_two_halves(app: Flask) -> None:
    """Two halves of one order at once, by two ways of payment, again and again: paid once, to the fen."""
    sku, _ = a_stocked_sku(2 * ROUNDS, price=Money.yuan(1000))
    for number in range(ROUNDS):
        order, gate = an_order(sku), Barrier(2)
        half = order.total.share(1, 2)
        acts = [receiving(gate, (order.id, f"B{number}", half)), receiving(gate, (order.id, f"C{number}", half))]
        assert all_at_once(app, acts) == [None, None]
        stands = db.session.get_one(Order, order.id, populate_existing=True)
        assert (stands.state, stands.paid) == ("awaiting_shipment", order.total)
    assert differences(db.session()) == []


def check_crossing(app: Flask) -> None:
    """Two orders get the same transfers in opposite order, so that each side holds what the other asks for next."""
    sku, _ = a_stocked_sku(2 * ROUNDS, price=Money.yuan(1000))
    for number in range(ROUNDS):
        one, other, gate = an_order(sku), an_order(sku), Barrier(2)
        here, there = (one.id, f"B1{number}", one.total), (other.id, f"B2{number}", other.total)
        assert all_at_once(app, [receiving(gate, here, there), receiving(gate, there, here)]) == [None, None]
        for order in (one, other):
            assert db.session.get_one(Order, order.id, populate_existing=True).paid == order.total
    assert differences(db.session()) == []


@pytest.mark.parametrize("check", [check_two_halves, check_crossing])
def test_two_remittances_at_once(app: Flask, check: Callable[[Flask], None]):
    check(app)


@pytest.mark.part("postgresql")
@pytest.mark.parametrize("check", [check_two_halves, check_crossing])
def test_two_remittances_at_once_without_a_deadlock_on_postgresql(pg_shop: Flask, check: Callable[[Flask], None]):
    check(pg_shop)
    deadlocks = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert db.session.scalar(deadlocks) == 0
