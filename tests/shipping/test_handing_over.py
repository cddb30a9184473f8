"""A clerk hands parts to carriers. Clauses 1.1.5a-b."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import AWAITING_RECEIPT, AWAITING_SHIPMENT, Actor, MoveNotAllowed, MoveRefused
from app.orders.models import Order
from app.shipping.handing_over import ParcelUnknown, ServiceNeedsNoParcel, ship
from app.stock.moving import move
from app.stock.queries import levels_off_ledger
from tests.catalog.builders import a_service
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.stock.builders import a_stocked_sku, level_of

CLERK = Actor("clerk", 7)


def a_paid_order(*skus, **more) -> Order:
    order = an_order(*skus, **more)
    pay(order)
    return order


@pytest.mark.clause("1.1.5a")
def test_nothing_leaves_unpaid(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku)
    with pytest.raises(MoveRefused):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    assert level_of(sku, place) == (5, 1)


@pytest.mark.clause("1.1.5b")
def test_a_part_leaves_with_carrier_and_number_and_its_units_with_it(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = a_paid_order(sku, quantity=2)
    ship(order.parts[0].id, "sf", " sf 123 456 7890 ", CLERK, now())
    part = order.parts[0]
    assert (part.carrier, part.tracking_number, part.state) == ("sf", "SF1234567890", AWAITING_RECEIPT)
    assert level_of(sku, place) == (3, 0) and levels_off_ledger(db.session()) == []
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "order.shipped")).all()
    assert len(told) == 2


def test_two_parts_of_one_warehouse_leave_one_by_one(app: Flask):
    spot, [place] = a_stocked_sku(5)
    futures, [elsewhere] = a_stocked_sku(1, delivery="futures", delivery_month="2027-01")
    move(futures.id, elsewhere.id, place.id, 1, now(), reason="test")
    order = a_paid_order(spot, futures)
    first, second = order.parts
    assert first.warehouse_id == second.warehouse_id
    ship(first.id, "sf", "SF1234567890", CLERK, now())
    assert level_of(spot, place) == (4, 0) and level_of(futures, place) == (1, 1)
    assert order.state == AWAITING_SHIPMENT
    ship(second.id, "jd", "JD1234567890", CLERK, now())
    assert level_of(futures, place) == (0, 0) and order.state == AWAITING_RECEIPT


@pytest.mark.parametrize(
    ("carrier", "number"),
    [(None, None), ("sf", ""), ("", "SF1234567890"), ("pigeon", "SF1234567890"), ("sf", "12"), ("sf", "运单" * 5),
     ("sf", "x" * 99), ("sf", "<script>alert")],
)  # fmt: skip
def test_an_unknown_carrier_or_a_number_that_cannot_be_one_is_refused(app: Flask, carrier, number):
    order = a_paid_order()
    with pytest.raises(ParcelUnknown):
        ship(order.parts[0].id, carrier, number, CLERK, now())


def test_a_service_is_done_and_not_sent(app: Flask):
    order = a_paid_order(a_service())
    with pytest.raises(ServiceNeedsNoParcel):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    ship(order.parts[0].id, None, None, CLERK, now())
    assert order.state == AWAITING_RECEIPT and order.parts[0].carrier is None


@pytest.mark.parametrize("role", ["buyer", "finance", "marketer", "clock"])
def test_only_who_may_ship_ships(app: Flask, role: str):
    order = a_paid_order()
    with pytest.raises(MoveNotAllowed):
        ship(order.parts[0].id, "sf", "SF1234567890", Actor(role, 1), now())


def test_shipping_twice_is_refused_and_moves_no_stock(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = a_paid_order(sku)
    ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    with pytest.raises(MoveRefused):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    assert level_of(sku, place) == (4, 0)
