"""Writing to the shop store happens in one way only."""

import threading
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
