"""The shop is killed at random instants under mixed load: `python -m bench.shop_killed`.

Four buyers order, cancel and pay, clerks pack, the goods desk receives and moves. Whatever the instant: every order is
whole, what was told is so, levels are the sum of their ledger, money of its receipts, lines of their parcels.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from app.foundation.database import db
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, CANCELLED
from app.orders.models import Order
from app.payments.proving import differences
from app.shipping.models import ParcelLine
from app.stock.queries import levels_off_ledger
from app.stock.taking import still_held
from bench.last_unit import goods, member
from bench.live import ROOT
from bench.shop_at_work import shop_in

BUYERS = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.shop_killed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, told = Path(name), Counter[tuple[str, str]]()
        app = shop_in(folder)
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
        if done.exit_code:
            raise RuntimeError(f"flask db upgrade: {done.output}") from done.exception
        with app.app_context():
            goods()
            for number in range(BUYERS):
                member(number)
            db.session.remove()
        for _ in range(rounds):
            told.update(told_until_killed(folder))
        with app.app_context():
            faults = faults_of(set(told))
            orders = db.session.scalar(select(func.count()).select_from(Order))
        said = dict(Counter(what for what, _ in told))
        print(f"{rounds} kills: {orders} orders, told {said}: {len(faults)} faults")
        for fault in faults:
            print(f"  {fault}")
    return 1 if faults else 0


def told_until_killed(folder: Path) -> list[tuple[str, str]]:
    """What the process said before it died; a line that was cut off was not said."""
    command = [sys.executable, "-m", "bench.shop_at_work", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1)
    if process.stdout is None:
        raise RuntimeError("a pipe was asked for")
    first = process.stdout.readline()
    time.sleep(random.uniform(0.01, 1.0))
    os.kill(process.pid, signal.SIGKILL)
    words = [line.split() for line in (first + process.stdout.read()).split("\n")[:-1]]
    process.wait()
    return [(what, number) for what, number in words]


def faults_of(told: set[tuple[str, str]]) -> list[str]:
    """Everything that is not as it must be."""
    session = db.session()
    orders = {order.number: order for order in session.scalars(select(Order))}
    quantities = select(ParcelLine.line_id, func.sum(ParcelLine.quantity)).group_by(ParcelLine.line_id)
    sent = {line_id: int(units) for line_id, units in session.execute(quantities)}
    faults = [f"level off its ledger: {place}" for place in levels_off_ledger(session)]
    faults += [f"money: {each}" for each in differences(session)]
    faults += [f"{what} {number} is not so" for what, number in told if not is_so(what, orders.get(number))]
    for order in orders.values():
        if order.total != order.goods + order.freight or not order.lines:
            faults.append(f"order {order.number} is not whole")
        faults += [f"line {line.id} and its parcels" for line in order.lines if line.shipped != sent.get(line.id, 0)]
        holds = order.state in (AWAITING_PAYMENT, AWAITING_SHIPMENT)
        due = sum(line.to_ship for part in order.parts if not part.is_service for line in part.lines) if holds else 0
        if due != sum(part.quantity for part in still_held(session, order.id)):
            faults.append(f"order {order.number} holds other units than it is owed")
    return faults


def is_so(what: str, order: Order | None) -> bool:
    """Whether the store knows of an order what was told of it before the kill."""
    if order is None:
        return False
    if what == "cancelled":
        return order.state == CANCELLED
    if what == "paid":
        return order.paid_at is not None and order.paid >= order.deposit
    if what == "shipped":
        return all(line.to_ship == 0 for line in order.lines)
    return what == "placed"


if __name__ == "__main__":
    sys.exit(main())
