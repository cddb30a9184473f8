"""Writing to the shop store happens in one way only."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.audit import LedgerEntry, record
from app.foundation.clock import now
from app.foundation.database import WriteOutsideTransaction, db, open_engine, transaction
from app.foundation.turns import turns_at


def a_new_entry() -> LedgerEntry:
    return LedgerEntry(at=now(), event="test.happened", facts={})


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def test_a_transaction_commits_what_was_written(app):
    with transaction():
        record("test.happened")
    db.session.remove()
    assert entries() == 1


def test_an_error_takes_everything_back(app):
    with pytest.raises(RuntimeError), transaction():
        record("test.happened")
        db.session.flush()
        raise RuntimeError
    assert entries() == 0


def test_a_nested_transaction_joins_the_outer_one(app):
    with pytest.raises(RuntimeError), transaction():
        with transaction():
            record("test.happened")
        raise RuntimeError
    assert entries() == 0


def test_a_flush_outside_is_refused(app):
    db.session.add(a_new_entry())
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()


def test_appending_outside_is_refused(app):
    with pytest.raises(WriteOutsideTransaction):
        append(db.session(), a_new_entry())


def test_a_bulk_write_outside_is_refused(app):
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(update(LedgerEntry).values(event="forged"))


def test_a_row_is_read_afresh_inside(app):
    with transaction():
        entry = record("test.first")
    with db.engine.connect() as other:
        other.exec_driver_sql("UPDATE ledger_entries SET event = 'test.second'")
        other.commit()
    with transaction():
        assert entry.event == "test.second"


def test_a_writer_waits_until_the_lock_is_free(app):
    with held_by_another(db.engine, seconds=0.2), transaction():
        record("test.happened")
    assert entries() == 1
    assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_writer_gives_up_in_the_end_with_an_error_that_is_shown_as_a_pause(tmp_path, monkeypatch):
    monkeypatch.setattr("app.foundation.database.BUSY_TIMEOUT_SECONDS", 0.1)
    engine = open_engine(f"sqlite:///{tmp_path}/other.db")
    refused = pytest.raises(OperationalError, match="locked")
    with held_by_another(engine, seconds=0.5), refused, transaction(Session(engine)):
        pass
    engine.dispose()


def test_a_crowd_of_writers_writes_in_the_order_in_which_it_came(app):
    came: list[int] = []

    def write(number: int) -> None:
        with app.app_context(), transaction():
            came.append(number)
            record("test.happened")

    with transaction():
        threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
        for number, thread in enumerate(threads):
            thread.start()
            until_so_many_wait(number + 1)
        assert came == []
    for thread in threads:
        thread.join()
    assert came == list(range(12)) and entries() == 12


def test_who_waited_too_long_for_a_turn_is_told_so_and_the_next_one_still_gets_it(app, monkeypatch):
    monkeypatch.setattr("app.foundation.database.BUSY_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr("app.foundation.database.TURN_SECONDS", 0.1)
    with transaction():
        with pytest.raises(OperationalError, match="locked"), transaction(Session(db.engine)):
            pass
        record("test.happened")
    with transaction():
        record("test.happened")
    assert entries() == 2


def until_so_many_wait(number: int) -> None:
    deadline = time.monotonic() + 20
    while len(turns_at(str(db.engine.url))._waiting) < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_copy_of_a_process_does_not_wait_for_a_thread_that_it_does_not_have(tmp_path):
    with turns_at(str(tmp_path)).turn(1):
        child = os.fork()
        if child == 0:
            with turns_at(str(tmp_path)).turn(20):
                os._exit(0 if turns_at(str(tmp_path))._is_taken else 1)
        begun = time.monotonic()
        assert os.waitpid(child, 0)[1] == 0 and time.monotonic() - begun < 15


@contextmanager
def held_by_another(engine: Engine, seconds: float) -> Iterator[None]:
    """The write lock in the hand of a connection that lets go after `seconds`."""
    other = engine.connect()
    other.exec_driver_sql("BEGIN IMMEDIATE")
    letting_go = threading.Timer(seconds, other.close)
    letting_go.start()
    try:
        yield
    finally:
        letting_go.join()


@pytest.mark.clause("5.1.1a")
def test_many_writers_at_once_wait_for_each_other_and_lose_nothing(app):
    failures: list[Exception] = []

    def write() -> None:
        try:
            with app.app_context():
                for _ in range(10):
                    with transaction() as session:
                        session.scalar(select(func.count()).select_from(LedgerEntry))
                        record("test.happened")
        except Exception as problem:
            failures.append(problem)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert entries() == 80
