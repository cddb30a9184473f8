"""What happens by itself: reminders, expiry, completion. All by the application's clock."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.notifications.models import OutboxMessage
from app.orders.cancelling import expire_holds, remind_unpaid
from app.orders.lifecycle import COMPLETED, COMPLETES_AFTER, HOLDS, REMITTANCE
from app.orders.models import Order, OrderEvent
from app.orders.receiving import complete_received
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku, level_of

SECOND = timedelta(seconds=1)


def told(code: str) -> int:
    site = (OutboxMessage.code == code, OutboxMessage.channel == "site")
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(*site)) or 0


def state_of(order: Order) -> str:
    return db.session.scalars(select(Order.state).where(Order.id == order.id)).one()


def test_a_hold_lasts_exactly_its_days_and_then_the_units_come_back(app: Flask, clock: Clock):
    sku, [place] = a_stocked_sku(5)
    clock.freeze(now())
    order = an_order(sku, quantity=5)
    clock.freeze(order.hold_until - SECOND)
    assert expire_holds() == 0 and level_of(sku, place) == (5, 5)
    clock.freeze(order.hold_until)
    assert expire_holds() == 1 and level_of(sku, place) == (5, 0)
    assert expire_holds() == 0 and state_of(order) == "cancelled" and told("order.expired") == 1


def test_units_of_a_sold_out_machine_come_back_too(app: Flask, clock: Clock):
    sku, _ = a_stocked_sku(1)
    an_order(sku)
    clock.travel(seconds=HOLDS[REMITTANCE].total_seconds() + 1)
    expire_holds()
    assert an_order(sku).number


def test_a_paid_order_never_expires(app: Flask, clock: Clock):
    order = an_order()
    pay(order)
    clock.travel(days=60)
    assert expire_holds() == 0 and remind_unpaid() == 0 and state_of(order) == "awaiting_shipment"


def test_the_reminder_comes_once_in_the_last_day(app: Flask, clock: Clock):
    clock.freeze(now())
    order = an_order()
    clock.freeze(order.hold_until - timedelta(days=1, seconds=1))
    assert remind_unpaid() == 0
    clock.travel(seconds=1)
    assert remind_unpaid() == 1 and remind_unpaid() == 0
    clock.travel(hours=12)
    assert remind_unpaid() == 0 and told("order.remittance_due") == 1


def test_a_parcel_counts_as_received_after_ten_days_and_not_a_second_sooner(app: Flask, clock: Clock):
    clock.freeze(now())
    order = an_order()
    pay(order)
    send_all(order)
    clock.travel(seconds=COMPLETES_AFTER.total_seconds() - 1)
    assert complete_received() == 0
    clock.travel(seconds=1)
    assert complete_received() == 1 and complete_received() == 0 and state_of(order) == COMPLETED
    assert told("order.completed") == 1
    assert db.session.scalars(select(OrderEvent.role).where(OrderEvent.name == "complete")).all() == ["clock"]


def test_a_great_many_holds_expire_in_rounds(app: Flask, clock: Clock):
    sku, [place] = a_stocked_sku(12)
    for _ in range(12):
        an_order(sku)
    clock.travel(days=6)
    assert expire_holds() == 12 and level_of(sku, place) == (12, 0)


def test_an_order_whose_stock_is_damaged_keeps_no_other_from_expiring(app: Flask, clock: Clock):
    damaged, *sound = (an_order(a_stocked_sku(2)[0]) for _ in range(3))
    with transaction() as session:
        session.connection().exec_driver_sql(
            f"UPDATE stock_levels SET held = 0 WHERE sku_id = {damaged.lines[0].sku_id}"
        )
    clock.travel(seconds=HOLDS[REMITTANCE].total_seconds())
    with pytest.raises(RuntimeError, match="disagrees with its ledger"):
        expire_holds()
    db.session.expire_all()
    assert [order.state for order in (damaged, *sound)] == ["awaiting_payment", "cancelled", "cancelled"]
