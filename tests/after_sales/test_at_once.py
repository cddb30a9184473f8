"""Clerks, buyers and refunds at the same moment, on both stores: one answer counts, no unit or fen counts twice."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.after_sales.answering import hand_in, withdraw
from app.after_sales.deciding import accept, ask_more, refuse
from app.after_sales.examining import Found, examine
from app.after_sales.lifecycle import CLOSED, REFUNDING, CaseMoved, GoodsAreAway
from app.after_sales.models import Case
from app.after_sales.opening import MoreThanItCost, NotThatManyToClaim, open_case
from app.after_sales.sending import send
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, RETURN
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.models import OrderLine
from app.payments.proving import differences
from app.refunds.errors import NotThatMuchPaid
from app.refunds.models import Refund
from app.shipping.handing_over import SerialShipped
from app.stock.errors import OutOfStock
from app.stock.queries import levels_off_ledger
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    COLLEAGUE,
    a_case,
    a_claim,
    a_machine,
    a_received_order,
    agreed,
    examined,
    fresh,
    home_of,
    sent_back,
    terms,
)
from tests.checkout.at_once import all_at_once
from tests.refunds.builders import ask_for
from tests.shipping.builders import serials
from tests.stock.builders import level_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.part("postgresql"))])
def store(request: pytest.FixtureRequest) -> Flask:
    """The shop on each store, with room for threads."""
    found: Flask = request.getfixturevalue("app" if request.param == "sqlite" else "pg_shop")
    return found


def test_one_machine_claimed_in_many_tabs_at_once_is_in_one_case(store: Flask):
    order = a_received_order(quantity=1)
    claim = a_claim(order)
    acts = [lambda: open_case(order.id, "1-1", claim, [], BUYER, now()).number] * 8
    answers = all_at_once(store, acts)
    assert answers.count(NotThatManyToClaim) == 7
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_of_clerks_who_decide_at_once_one_counts(store: Flask):
    case = a_case(kind=REFUND_ONLY)
    wanted = terms(case)
    acts = [
        lambda: accept(case.id, wanted, "", CLERK, now()),
        lambda: refuse(case.id, "不支持", COLLEAGUE, now()),
        lambda: ask_more(case.id, "请补充", COLLEAGUE, now()),
        lambda: withdraw(case.id, BUYER, now()),
    ] * 3
    answers = all_at_once(store, acts)
    moved = [event.name for event in fresh(case).events if event.name != "open"]
    assert answers.count(None) == len(moved) and set(answers) <= {None, CaseMoved}
    assert len({"accept", "refuse", "ask_more"} & set(moved)) <= 1
    assert (db.session.scalar(select(func.count()).select_from(Refund)) or 0) == moved.count("accept")


def test_a_case_and_a_refund_for_the_same_money_never_take_it_twice(store: Flask):
    order = a_received_order(quantity=1)
    case = a_case(order, REFUND_ONLY, amount=Money.yuan(700))
    wanted = terms(case)
    acts = [
        lambda: accept(case.id, wanted, "", CLERK, now()),
        lambda: ask_for(order, amount="700", reason="damaged") and None,
    ]
    answers = all_at_once(store, acts * 4)
    assert answers.count(None) == 1 and set(answers) <= {None, CaseMoved, MoreThanItCost, NotThatMuchPaid}
    line = db.session.get_one(OrderLine, case.line_id, populate_existing=True)
    assert line.claimed == Money.yuan(700) and differences(db.session()) == []


def test_goods_examined_twice_at_once_are_in_stock_once(store: Flask):
    sku, [place] = a_machine(9)
    case = sent_back(agreed(a_case(a_received_order(sku, quantity=2), RETURN, units=2)))
    found = Found(place.id, (1, 2))
    answers = all_at_once(store, [lambda: examine(case.id, found, "", CLERK, now())] * 6)
    assert answers.count(None) == 1 and level_of(sku, place) == (9, 0)
    assert fresh(case).state == REFUNDING and levels_off_ledger(db.session()) == []


def test_a_buyer_who_sends_and_withdraws_at_once_does_one_of_both(store: Flask):
    case = agreed(a_case(kind=EXCHANGE))
    acts = [lambda: hand_in(case.id, "sf", "SF135791357", BUYER, now()), lambda: withdraw(case.id, BUYER, now())]
    answers = all_at_once(store, acts * 4)
    assert answers.count(None) == 1 and set(answers) <= {None, CaseMoved, GoodsAreAway}


def test_the_last_machine_replaces_one(store: Flask):
    sku, [place] = a_machine(3)
    orders = [a_received_order(sku, quantity=1) for _ in range(2)]
    cases = [examined(sent_back(agreed(a_case(order, EXCHANGE))), restocked=0) for order in orders]
    numbers = serials(2)
    acts = [
        lambda case=case, new=new: send(
            case.id, "sf", "SF7777777777", CLERK, now(), serials=[new], warehouse_id=home_of(case)
        )
        for case, new in zip(cases, numbers, strict=True)
    ]
    answers = all_at_once(store, acts * 2)
    assert answers.count(None) == 1 and set(answers) <= {None, OutOfStock, CaseMoved, SerialShipped}
    assert [fresh(case).state for case in cases].count(CLOSED) == 1
    assert level_of(sku, place) == (0, 0) and levels_off_ledger(db.session()) == []
