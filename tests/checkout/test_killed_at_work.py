"""The shop dies while buyers, clerks and the goods desk are at work; `python -m bench.shop_killed` does it for long."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.foundation.database import db, transaction
from app.foundation.money import ZERO
from app.orders.models import Order, OrderLine
from bench.last_unit import goods, member
from bench.shop_at_work import shop_in
from bench.shop_killed import AtWork, faults_of

KILLS = 2


@pytest.fixture
def busy_shop(tmp_path: Path) -> Flask:
    """A shop of its own with the demonstration's goods and two buyers."""
    app = shop_in(tmp_path)
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    with app.app_context():
        goods()
        member(0)
        member(1)
        db.session.remove()
    return app


@pytest.mark.clause("5.1.1a")
def test_whatever_was_going_on_when_it_died_stock_money_and_parcels_agree_and_what_was_told_is_so(
    busy_shop: Flask, tmp_path: Path
):
    with AtWork(tmp_path) as work:
        told = set(work.told_until_killed())
        while work.kills < KILLS or not any(what == "placed" for what, _ in told):
            told.update(work.told_until_killed())
    with busy_shop.app_context():
        assert faults_of(told) == []
        order = db.session.scalars(select(Order).where(Order.refunded == ZERO).limit(1)).one()
        with transaction() as session:
            session.connection().exec_driver_sql("UPDATE stock_levels SET held = held + 1 WHERE on_hand > held")
            has_room = OrderLine.shipped + OrderLine.halted + OrderLine.called_off < OrderLine.quantity
            session.execute(update(OrderLine).where(has_room).values(shipped=OrderLine.shipped + 1))
            order.paid = order.total - order.paid
        found = " ".join(faults_of({("placed", "1"), ("left", order.number)}))
        for fault in ("level off its ledger", "money", "placed 1 is not so", "and its parcels"):
            assert fault in found
        db.session.remove()
