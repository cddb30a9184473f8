"""The process dies at any instant: an order is there whole or not at all, and no told one is lost. Clause 5.1.1a."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cart.models import CartLine
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order, OrderEvent
from app.payments.models import Remittance
from app.stock.models import StockLevel
from app.stock.queries import levels_off_ledger
from app.stock.taking import still_held
from tests.checkout.builders import a_buyer
from tests.conftest import settings_for
from tests.stock.builders import a_stocked_sku

KILLS = 4
ROOT = Path(__file__).parents[2]


@pytest.fixture
def other_shop(tmp_path: Path) -> Flask:
    """A shop of its own, with one buyer and a hundred thousand machines."""
    app = create_app(settings_for(tmp_path))
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        a_stocked_sku(60_000, 40_000)
        a_buyer()
        db.session.remove()
    return app


def told_until_killed(folder: Path, program: str = "tests.checkout.ordering_for_ever") -> list[tuple[str, str]]:
    """What the program said before it died; a line that was cut off was not said."""
    command = [sys.executable, "-m", program, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(random.uniform(0.01, 0.3))
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    words = [line.split() for line in (first + rest).split("\n")[:-1]]
    return [(what, number) for what, number in words]


@pytest.mark.clause("5.1.1a")
def test_whoever_kills_the_shop_finds_every_order_whole_and_every_told_one(other_shop: Flask, tmp_path: Path):
    told: list[tuple[str, str]] = []
    for _ in range(KILLS):
        told += told_until_killed(tmp_path)
    with other_shop.app_context():
        orders = {order.number: order for order in db.session.scalars(select(Order))}
        assert len([1 for what, _ in told if what == "placed"]) >= KILLS
        assert {number for _, number in told} <= set(orders)
        assert all(orders[number].state == "cancelled" for what, number in told if what == "cancelled")
        for order in orders.values():
            assert_whole(order)
        held = db.session.scalar(select(func.sum(StockLevel.held)))
        assert held == sum(2 for order in orders.values() if order.state == AWAITING_PAYMENT)
        assert levels_off_ledger(db.session()) == []
        assert db.session.scalar(select(func.count()).select_from(CartLine)) <= 1
        db.session.remove()


def assert_whole(order: Order) -> None:
    assert sum(line.quantity for line in order.lines) == 2
    assert order.total == order.goods + order.freight
    for row in (Remittance, OrderEvent):
        assert db.session.scalars(select(row.order_id).where(row.order_id == order.id)).first()
    assert db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.about == order.number)).first()
    units = sum(taken.quantity for taken in still_held(db.session(), order.id))
    assert units == (2 if order.state == AWAITING_PAYMENT else 0)
