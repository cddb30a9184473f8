"""Clerks at the same moment on PostgreSQL, where transactions really run side by side."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.foundation.clock import now
from app.foundation.database import db
from app.shipping.handing_over import NotThatManyLeft, Packed, SerialShipped, ship
from app.shipping.models import ParcelUnit
from app.shipping.pushed import take_push
from app.shipping.queries import parcels_of
from app.stock.queries import levels_off_ledger
from tests.checkout.at_once import all_at_once
from tests.shipping.builders import CLERK, send, serials
from tests.shipping.test_following import a_message
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku, level_of

pytestmark = pytest.mark.part("postgresql")


def test_of_many_clerks_who_pack_the_last_units_each_unit_leaves_once(pg_shop: Flask):
    sku, [place] = a_stocked_sku(20)
    order = a_paid_order(sku, quantity=5)
    part, line = order.parts[0].id, order.lines[0].id
    parcels = [(f"SF000000{n}", [Packed(line, 2, serials(2))]) for n in range(12)]
    acts = [lambda parcel=parcel: ship(part, "sf", parcel[0], CLERK, now(), parcel[1]) for parcel in parcels]
    answers = all_at_once(pg_shop, acts)
    assert answers.count(None) == 2 and answers.count(NotThatManyLeft) == 10
    assert level_of(sku, place) == (16, 1) and levels_off_ledger(db.session()) == []


def test_one_serial_number_in_many_orders_at_once_leaves_once(pg_shop: Flask):
    sku, _ = a_stocked_sku(20)
    orders = [a_paid_order(sku) for _ in range(8)]
    jobs = [(order.parts[0].id, [Packed(order.lines[0].id, 1, ("HTM3X9999999",))]) for order in orders]
    acts = [lambda job=job: ship(job[0], "sf", "SF1234567", CLERK, now(), job[1]) for job in jobs]
    answers = all_at_once(pg_shop, acts)
    assert answers.count(None) == 1 and answers.count(SerialShipped) == 7
    assert db.session.scalar(select(func.count()).select_from(ParcelUnit)) == 1
    assert levels_off_ledger(db.session()) == []


def test_one_message_of_the_carrier_sent_many_times_at_once_is_applied_once(pg_shop: Flask):
    order = a_paid_order()
    send(order.parts[0])
    [parcel] = parcels_of(db.session(), order.id)[order.parts[0].id]
    line = {"ftime": f"{now():%Y-%m-%d} 23:59:59", "context": "派送", "status": "派件"}
    message = a_message(parcel, line, state="5")
    answers = all_at_once(pg_shop, [lambda: take_push(parcel.id, *message, now())] * 16)
    assert answers.count("applied") == 1 and answers.count("repeated") == 15
