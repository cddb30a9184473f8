"""The worker: every duty again and again, whatever one of them does."""

import threading
import time

from app.foundation.audit import record
from app.foundation.chain_check import verify_chain
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES, Duty, Worker, run_duty


def test_a_duty_that_fails_does_not_stop_the_others(app, caplog):
    assert not run_duty(app, Duty("test.fails", 1, lambda: 1 / 0))
    assert "test.fails" in caplog.text
    assert run_duty(app, Duty("test.works", 1, lambda: None))


def test_the_running_worker_chains_the_ledger_and_shows_that_it_lives(app, tmp_path):
    with transaction():
        record("test.happened")
    worker = Worker(app, tmp_path / "heartbeat")
    thread = threading.Thread(target=worker.run)
    thread.start()
    deadline = time.monotonic() + 20
    while verify_chain(db.session()).links == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert verify_chain(db.session()).links == 1
    assert float((tmp_path / "heartbeat").read_text()) > 0


def test_a_duty_apart_holds_up_no_other_and_does_not_run_beside_itself(app, tmp_path, monkeypatch):
    held, begun, others = threading.Event(), [], []

    def wait_for_somebody() -> None:
        begun.append(1)
        held.wait(10)

    duties = {"test.slow": Duty("test.slow", 0.01, wait_for_somebody, apart=True)}
    duties["test.quick"] = Duty("test.quick", 0.01, lambda: others.append(1))
    monkeypatch.setattr("app.foundation.jobs.DUTIES", duties)
    worker = Worker(app, tmp_path / "heartbeat")
    thread = threading.Thread(target=worker.run)
    thread.start()
    deadline = time.monotonic() + 10
    while len(others) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(others) >= 5 and begun == [1]
    held.set()
    while len(begun) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.stop()
    thread.join(10)
    assert len(begun) >= 2


def test_the_house_has_its_own_duties():
    assert {"audit.chain", "stores.checkpoint", "privacy.keep"} <= set(DUTIES)
