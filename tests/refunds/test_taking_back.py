"""Goods that come back are counted once, into stock or as a loss."""

import pytest
from flask import Flask

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.orders.lifecycle import MoveNotAllowed
from app.refunds.errors import TooManyUnits
from app.refunds.taking_back import take_back
from app.stock.queries import levels_off_ledger
from tests.checkout.builders import an_order
from tests.payments.builders import FINANCE, pay
from tests.refunds.builders import CLERK, a_paid_order, line_of
from tests.shipping.builders import send
from tests.stock.builders import a_stocked_sku, a_warehouse, lots_in


def arrived(line_id: int, quantity: int, warehouse_id: int | None, by=CLERK) -> None:
    with transaction() as session:
        take_back(session, line_id, quantity, warehouse_id, by, now())


def test_returned_units_lie_in_a_lot_of_their_own(app: Flask):
    sku, _ = a_stocked_sku(3)
    order, place = an_order(sku, quantity=2), a_warehouse()
    pay(order)
    send(order.parts[0])
    arrived(order.lines[0].id, 1, place.id)
    assert list(lots_in(sku, place).values()) == [(1, 0, 0)] and next(iter(lots_in(sku, place))).startswith("R2")
    assert line_of(order).came_back == 1 and levels_off_ledger(db.session()) == []


def test_what_is_written_off_is_counted_and_lies_nowhere(app: Flask):
    order = a_paid_order(1)
    send(order.parts[0])
    arrived(line_of(order).id, 1, None)
    with pytest.raises(TooManyUnits):
        arrived(line_of(order).id, 1, None)


@pytest.mark.parametrize("quantity", [0, -1, 2])
def test_only_what_had_left_comes_back(app: Flask, quantity: int):
    order = a_paid_order(2)
    line, part = line_of(order), order.parts[0]
    if quantity != 2:
        send(part)
    with pytest.raises(TooManyUnits):
        arrived(line.id, quantity, None)


def test_nobodys_line_and_an_unknown_warehouse_are_not_found(app: Flask):
    order = a_paid_order(1)
    send(order.parts[0])
    for line_id, warehouse_id in ((1, None), (line_of(order).id, 4711)):
        with pytest.raises(NotFound):
            arrived(line_id, 1, warehouse_id)
    with pytest.raises(MoveNotAllowed):
        arrived(line_of(order).id, 1, None, FINANCE)
