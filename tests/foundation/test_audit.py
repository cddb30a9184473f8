"""The ledger: append-only evidence whose chain shows any change. Clause 5.1.1f."""

import pytest
from sqlalchemy import text

from app.foundation.audit import (
    LedgerEntry,
    LedgerIsAppendOnly,
    chain_new_entries,
    record,
    verify_chain,
)
from app.foundation.database import db, transaction

pytestmark = pytest.mark.clause("5.1.1f")


def a_chain_of(count: int) -> None:
    with transaction():
        for n in range(count):
            record("test.happened", number=n)
    chain_new_entries()
    db.session.remove()


def tamper(sql: str) -> None:
    with db.engine.connect() as other:
        other.exec_driver_sql("PRAGMA foreign_keys=OFF")
        other.exec_driver_sql(sql)
        other.commit()
        other.exec_driver_sql("PRAGMA foreign_keys=ON")


def test_an_untouched_chain_is_sound(app):
    a_chain_of(25)
    found = verify_chain()
    assert found.is_sound
    assert found.links == 25


def test_chaining_twice_links_nothing_twice(app):
    a_chain_of(3)
    assert chain_new_entries() == 0
    assert verify_chain().links == 3


def test_entries_written_later_continue_the_chain(app):
    a_chain_of(3)
    a_chain_of(2)
    assert verify_chain().is_sound
    assert verify_chain().links == 5


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entries SET event = 'forged' WHERE id = (SELECT entry_id FROM ledger_links WHERE number = 4)",
        "UPDATE ledger_entries SET facts = '{}' WHERE id = (SELECT entry_id FROM ledger_links WHERE number = 4)",
        "DELETE FROM ledger_entries WHERE id = (SELECT entry_id FROM ledger_links WHERE number = 4)",
        "DELETE FROM ledger_links WHERE number = 4",
    ],
)
def test_a_change_or_deletion_is_found_where_it_happened(app, sql):
    a_chain_of(8)
    tamper(sql)
    assert verify_chain().broken_at == 4


def test_two_swapped_entries_are_found(app):
    a_chain_of(8)
    tamper("UPDATE ledger_links SET number = -4 WHERE number = 4")
    tamper("UPDATE ledger_links SET number = 4 WHERE number = 5")
    tamper("UPDATE ledger_links SET number = 5 WHERE number = -4")
    assert verify_chain().broken_at == 4


def test_a_chain_cut_short_is_found_by_a_head_kept_elsewhere(app):
    a_chain_of(8)
    head = verify_chain()
    tamper("DELETE FROM ledger_links WHERE number > 5")
    assert verify_chain().is_sound
    assert not verify_chain(head.head, head.links).is_sound


def test_the_application_itself_cannot_change_evidence(app):
    a_chain_of(1)
    entry = db.session.query(LedgerEntry).first()
    with pytest.raises(LedgerIsAppendOnly), transaction():
        entry.event = "forged"
        db.session.flush()


def test_the_command_says_when_the_chain_is_broken(app):
    a_chain_of(5)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    tamper("UPDATE ledger_entries SET event = 'forged'")
    assert runner.invoke(args=["audit", "verify"]).exit_code == 1
    assert db.session.scalar(text("SELECT count(*) FROM ledger_entries")) == 5
