"""Writing to the shop store happens in one way only."""

import threading

import pytest
from sqlalchemy import func, select, update

from app.foundation.audit import LedgerEntry, record
from app.foundation.database import WriteOutsideTransaction, db, transaction


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
    record("test.happened")
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()


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
