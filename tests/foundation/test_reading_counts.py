"""Reads of personal fields are counted by purpose and day, and put on the ledger as sums. Clause 2a."""

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.personal_data import READS, Purpose, purpose
from app.foundation.reading_counts import ReadingCount, count_readings, reads_by_purpose, write_counts
from tests.accounts.builders import an_account

pytestmark = pytest.mark.clause("2a")


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    READS.clear()
    yield
    READS.clear()


def read(times: int, wanted: Purpose = Purpose.SERVICE) -> None:
    account = an_account()
    READS.clear()
    with purpose(wanted):
        for _ in range(times):
            assert account.phone


def test_readings_become_sums_of_the_day(app):
    read(3)
    assert write_counts(today()) == 3
    read(2)
    read(4, Purpose.SECURITY)
    write_counts(today())
    assert write_counts(today()) == 0
    assert reads_by_purpose(db.session(), today()) == {"2.1": 3, "2.4": 4}


def test_the_sums_add_up_on_postgresql_too(pg_shop):
    for _ in range(3):
        read(5)
        write_counts(today())
    assert reads_by_purpose(db.session(), today()) == {"2.1": 15}


def test_a_refused_reading_is_not_counted(app):
    account = an_account()
    READS.clear()
    with pytest.raises(PermissionError), purpose(Purpose.PROMOTION):
        _ = account.phone
    assert not READS


def test_a_day_that_is_over_is_one_entry_of_the_ledger_and_names_nobody(app, clock):
    read(3)
    write_counts(today())
    count_readings()
    assert entries() == []
    clock.travel(days=1)
    count_readings()
    count_readings()
    (entry,) = entries()
    assert (entry.actor, entry.subject) == (None, None)
    assert entry.facts["reads"] == {"2.1": 3}
    assert db.session.scalars(select(ReadingCount.on_ledger)).all() == [True]


def entries() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.read")))
