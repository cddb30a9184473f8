"""The same promises on PostgreSQL, where transactions really run side by side."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.checkout.placing import NothingToOrder, PricesChanged
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor, MoveRefused
from app.orders.models import Order
from app.stock.errors import OutOfStock
from app.stock.queries import levels_off_ledger
from tests.checkout.at_once import all_at_once, buyers_about_to_press
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku, level_of

pytestmark = pytest.mark.part("postgresql")


@pytest.mark.clause("1.1.3a")
def test_many_after_the_last_units_of_two_machines_never_oversell_nor_block_each_other(pg_shop: Flask):
    first, [here] = a_stocked_sku(3)
    second, [there] = a_stocked_sku(5)
    answers = all_at_once(pg_shop, buyers_about_to_press(24, first, second), most=12)
    assert sum(isinstance(answer, str) for answer in answers) == 3
    refusals = {answer for answer in answers if not isinstance(answer, str)}
    assert refusals <= {OutOfStock, NothingToOrder, PricesChanged}
    assert level_of(first, here) == (3, 3) and level_of(second, there) == (5, 3)
    assert levels_off_ledger(db.session()) == []


@pytest.mark.clause("1.1.3a")
def test_one_form_sent_many_times_at_once_is_one_order(pg_shop: Flask):
    sku, [place] = a_stocked_sku(50)
    [act] = buyers_about_to_press(1, sku)
    answers = all_at_once(pg_shop, [act] * 12)
    assert len(set(answers)) == 1 and isinstance(answers[0], str)
    assert level_of(sku, place) == (50, 1)
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_an_order_cancelled_by_many_at_once_gives_its_units_back_once(pg_shop: Flask):
    sku, [place] = a_stocked_sku(5)
    order_id = an_order(sku, quantity=3).id
    answers = all_at_once(pg_shop, [lambda: cancel(order_id, Actor("buyer", 1), now())] * 12)
    assert answers.count(None) == 1 and answers.count(MoveRefused) == 11
    assert level_of(sku, place) == (5, 0)


def test_an_order_goes_its_whole_way(pg_shop: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku, quantity=2)
    pay(order)
    send_all(order)
    assert level_of(sku, place) == (3, 0) and order.state == "awaiting_receipt"
