"""What late shipping costs us: owed by the terms, spread over the part, and offered to the desk less what was asked."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.orders.models import Order
from app.refunds.approving import approve, refuse
from app.refunds.asking import Reduction, ask
from app.refunds.late import compensation_due
from app.refunds.models import Refund
from app.refunds.vocabulary import LATE_DELIVERY, MISTAKE
from tests.backoffice.builders import Desk
from tests.orders.test_futures import BEFORE, as_it_stands, futures, ordered
from tests.payments.builders import MANAGER, pay
from tests.refunds.builders import CLERK

FIVE_DAYS_LATE, SEVEN_DAYS_LATE = datetime(2027, 4, 14, 16, tzinfo=UTC), datetime(2027, 4, 16, 16, tzinfo=UTC)


@pytest.fixture
def late(app: Flask, clock: Clock) -> Order:
    """Two machines of one part, of 100,000 and 33,333 yuan, five days late: 25 ten-thousandths are owed."""
    clock.freeze(BEFORE)
    order = ordered(futures(100_000), futures(33_333))
    pay(order)
    clock.freeze(FIVE_DAYS_LATE)
    return as_it_stands(order)


def due(order: Order) -> list[Money]:
    found = compensation_due(db.session(), as_it_stands(order), now())
    return [found.get(line.id, Money(0)) for line in sorted(order.lines, key=lambda line: -line.unit_price.fen)]


def ask_for(order: Order, reason: str, *reductions: Reduction) -> Refund:
    with transaction() as session:
        return ask(session, order.id, reductions, {}, reason, CLERK, now())


def test_it_is_spread_over_the_lines_to_the_fen(late: Order):
    assert due(late) == [Money.yuan("250.00"), Money.yuan("83.33")]


def test_what_was_asked_for_is_not_asked_for_again(late: Order, clock: Clock):
    amounts = compensation_due(db.session(), late, now())
    refund = ask_for(late, LATE_DELIVERY, *[Reduction(key, 0, amount) for key, amount in amounts.items()])
    assert due(late) == [Money(0), Money(0)]
    clock.freeze(SEVEN_DAYS_LATE)
    assert Money.total(due(late)) == Money.yuan("466.67") - Money.yuan("333.33")
    refuse(refund.id, MANAGER, now())
    assert Money.total(due(late)) == Money.yuan("466.67")


def test_units_that_are_called_off_are_no_compensation_and_earn_none(late: Order):
    [dear, cheap] = sorted(late.lines, key=lambda line: -line.unit_price.fen)
    ask_for(late, MISTAKE, Reduction(cheap.id, 0, Money.yuan(10)))
    approve(ask_for(late, LATE_DELIVERY, Reduction(dear.id, 1)).id, MANAGER, now())
    assert due(late) == [Money(0), Money.yuan("83.33")]


def test_no_line_gives_more_than_is_left_of_it(late: Order):
    [dear, _] = sorted(late.lines, key=lambda line: -line.unit_price.fen)
    ask_for(late, MISTAKE, Reduction(dear.id, 0, dear.amount - Money.yuan(1)))
    assert due(late) == [Money.yuan(1), Money.yuan("83.33")]


def test_the_desk_finds_it_filled_in_and_asks_with_one_press(app: Flask, late: Order):
    clerk, where = Desk(app, "clerk"), f"/orders/{late.number}/refund"
    assert f"{where}?for=lateness" in clerk.get("/futures").text
    assert f"{where}?for=lateness" in clerk.get(where).text
    page = clerk.get(f"{where}?for=lateness").text
    assert 'value="250.00"' in page and 'value="83.33"' in page and "Filled in: ¥333.33" in page
    assert '<option selected value="late_delivery">' in page
    amounts = compensation_due(db.session(), late, now())
    fields = {f"amount{key}": str(amount) for key, amount in amounts.items()}
    assert clerk.post(where, "AskRefundForm", {"reason": LATE_DELIVERY, **fields}).status_code == 303
    assert "Nothing is owed for late shipping" in clerk.get(f"{where}?for=lateness").text
    assert "lateness" not in clerk.get(where).text
