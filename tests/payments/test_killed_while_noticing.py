"""The process dies at any instant of a notice: what was answered with ok is booked once, by the sweeper at latest."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.factory import create_app
from app.foundation import data_keys
from app.foundation.clock import Clock
from app.foundation.database import db
from app.payments.chinabank.listening import judge_left_behind
from app.payments.chinabank.models import GatewayMessage, PaymentAttempt
from app.payments.models import Receipt
from app.payments.proving import differences
from tests.checkout.builders import a_buyer
from tests.conftest import settings_for
from tests.papers import papers_in_order
from tests.stock.builders import a_stocked_sku

KILLS = 6
ROOT = Path(__file__).parents[2]


@pytest.fixture
def other_shop(tmp_path: Path) -> Flask:
    """A shop of its own, with machines enough and a buyer for each process: what it leaves unpaid is its own."""
    app = create_app(settings_for(tmp_path))
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        papers_in_order()
        a_stocked_sku(100_000)
        for _ in range(KILLS):
            a_buyer()
        db.session.remove()
    return app


def answered_with_ok(folder: Path, buyer: int) -> set[str]:
    """The attempts whose notice was answered before the process died."""
    command = [sys.executable, "-m", "tests.payments.noticing_for_ever", str(folder), str(buyer)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(random.uniform(0.01, 0.2))
    os.kill(process.pid, signal.SIGKILL)
    said = (first + process.stdout.read()).split("\n")[:-1]
    process.wait()
    return {oid for answer, oid in map(str.split, said) if answer == "ok"}


@pytest.mark.clause("5.1.1a")
def test_whoever_kills_the_shop_loses_no_notice_and_books_none_twice(other_shop: Flask, tmp_path: Path, clock: Clock):
    answered = {oid for buyer in range(KILLS) for oid in answered_with_ok(tmp_path, buyer)}
    assert len(answered) >= KILLS
    clock.travel(seconds=10)
    with other_shop.app_context():
        judge_left_behind()
        heard = db.session.scalars(select(GatewayMessage)).all()
        paid = db.session.scalars(select(PaymentAttempt.oid).where(PaymentAttempt.state == "paid")).all()
        received = db.session.scalars(select(Receipt.reference)).all()
        assert answered <= set(paid) == set(received) == {message.v_oid for message in heard}
        assert {message.verdict for message in heard} == {"applied"} and len(received) == len(heard)
        assert differences(db.session()) == []
        db.session.remove()
