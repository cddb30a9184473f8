"""The shop is killed at random instants under mixed load: `python -m bench.shop_killed`.

Buyers order, cancel, let time run out, pay by transfer and online; clerks pack parcel by parcel; refunds are asked for,
approved and paid out; the goods desk receives and moves; the worker sweeps. Whatever the instant: every order is whole,
what was told is so, levels are the sum of their ledger, money of its receipts and refunds, lines of their parcels.

With `--folder` the shop and what it told stay there, and a later call goes on with as many rounds as are missing.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Self

from sqlalchemy import func, select

from app.foundation.database import db
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, CANCELLED
from app.orders.models import Order
from app.payments.chinabank.listening import judge_left_behind
from app.payments.models import Payout, Receipt
from app.payments.proving import differences
from app.refunds.models import Refund
from app.refunds.vocabulary import ASKED, IN_FORCE, PAID, REFUSED
from app.shipping.models import Parcel, ParcelLine
from app.stock.models import StockMovement
from app.stock.queries import levels_off_ledger
from app.stock.taking import still_held
from bench.last_unit import goods, member
from bench.live import ROOT
from bench.shop_at_work import shop_in

BUYERS = 4
Told = set[tuple[str, str]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.shop_killed", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where the shop stays; else it is gone afterwards")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        return killed_so_often(wish.folder or Path(name), wish.rounds)


def killed_so_often(folder: Path, rounds: int) -> int:
    """Kill as often as is missing, and say what stands. 1 where anything is not as it must be."""
    rounds_told = folder / "told.jsonl"
    app = shop_in(folder)
    if not rounds_told.exists():
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
        if done.exit_code:
            raise RuntimeError(f"flask db upgrade: {done.output}") from done.exception
        with app.app_context():
            goods()
            for number in range(BUYERS):
                member(number)
            db.session.remove()
        rounds_told.touch()
    with AtWork(folder) as work, rounds_told.open("a") as file:
        for _ in range(len(rounds_told.read_text().splitlines()), rounds):
            file.write(json.dumps(work.told_until_killed()) + "\n")
            file.flush()
    every = [json.loads(line) for line in rounds_told.read_text().splitlines()]
    told_once = {(what, number) for told in every for what, number in told}
    with app.app_context():
        judge_left_behind()
        faults = faults_of(told_once)
        print(f"{len(every)} kills, the store holds {said(how_many())}")
        print(f"told before a death: {said(Counter(what for what, _ in told_once))}: {len(faults)} faults", flush=True)
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def how_many() -> dict[str, int]:
    models = (Order, Receipt, Parcel, Refund, Payout, StockMovement)
    counted = ((model.__tablename__, select(func.count()).select_from(model)) for model in models)
    return {name.replace("_", " "): db.session.scalar(count) or 0 for name, count in counted}


def said(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.items())


class AtWork:
    """People at work in a shop whose process is killed, as often as is wished."""

    def __init__(self, folder: Path) -> None:
        self.kills = 0
        command = [sys.executable, "-m", "bench.shop_at_work", str(folder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def told_until_killed(self) -> list[tuple[str, str]]:
        """What the process said before it died, at some instant after its first word."""
        if self._process.stdin is None:
            raise RuntimeError("a pipe was asked for")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        said = [self._line(), self._line()]  # whose work it is, and the first word of it
        time.sleep(random.uniform(0.01, 1.0))
        os.kill(int(dict(said)["working"]), signal.SIGKILL)
        self.kills += 1
        while said[-1][0] != "died":
            said.append(self._line())
        return [each for each in said if each[0] not in ("working", "died")]

    def _line(self) -> tuple[str, str]:
        if self._process.stdout is None:
            raise RuntimeError("a pipe was asked for")
        what, number = self._process.stdout.readline().split()
        return what, number


def faults_of(told: Told) -> list[str]:
    """Everything that is not as it must be."""
    session = db.session()
    orders = {order.number: order for order in session.scalars(select(Order))}
    refunds = {refund.number: refund for refund in session.scalars(select(Refund))}
    faults = [f"level off its ledger: {place}" for place in levels_off_ledger(session)]
    faults += [f"money: {each}" for each in differences(session)]
    faults += [
        f"{what} {number} is not so"
        for what, number in sorted(told)
        if not (refund_is_so(what, refunds.get(number)) or order_is_so(what, orders.get(number)))
    ]
    quantities = select(ParcelLine.line_id, func.sum(ParcelLine.quantity)).group_by(ParcelLine.line_id)
    sent = {line_id: int(units) for line_id, units in session.execute(quantities)}
    return faults + [f"order {order.number}: {fault}" for order in orders.values() for fault in in_order(order, sent)]


def in_order(order: Order, sent: dict[int, int]) -> list[str]:
    """What one order does not have as it must. `sent`: units in parcels by order line."""
    faults = [] if order.total == order.goods + order.freight and order.lines else ["is not whole"]
    faults += [f"line {line.id} and its parcels" for line in order.lines if line.shipped != sent.get(line.id, 0)]
    lines = [line for part in order.parts if not part.is_service for line in part.lines]
    is_owed = order.state in (AWAITING_PAYMENT, AWAITING_SHIPMENT)
    due = sum(line.to_ship + line.halted for line in lines) if is_owed else 0
    if due != sum(part.quantity for part in still_held(db.session(), order.id)):
        faults.append("holds other units than it is owed")
    return faults


def order_is_so(what: str, order: Order | None) -> bool:
    """Whether the store knows of an order what was told of it before the kill."""
    if order is None:
        return False
    if what == "cancelled":
        return order.state == CANCELLED
    if what == "paid":
        return order.paid_at is not None and order.paid >= order.deposit
    if what == "left":
        return not any(line.is_open for part in order.parts if not part.is_service for line in part.lines)
    return what == "placed"


def refund_is_so(what: str, refund: Refund | None) -> bool:
    """The same of a refund."""
    if refund is None:
        return False
    if what == "refunded":
        return refund.state == PAID and all(payout.is_paid for payout in refund.payouts)
    wanted = {"asked": (ASKED, REFUSED, *IN_FORCE), "approved": IN_FORCE, "refused": (REFUSED,)}
    return refund.state in wanted.get(what, ())


if __name__ == "__main__":
    sys.exit(main())
