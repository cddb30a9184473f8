"""Chains of the ledger, and what somebody who can write to the store does to them."""

from app.foundation.audit import chain_new_entries, record
from app.foundation.chain_check import Verification, check_ledger, verify_chain
from app.foundation.chain_heads import heads_file, heads_in, keep_head
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.privacy.keeping import enforce


def a_chain_of(count: int) -> None:
    with transaction():
        for n in range(count):
            record("test.happened", number=n)
    chain_new_entries()
    db.session.remove()


def tamper(sql: str) -> None:
    with db.engine.connect() as other:
        if other.dialect.name == "sqlite":
            other.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            other.exec_driver_sql("SET session_replication_role = replica")
        other.exec_driver_sql(sql)
        other.commit()


def walk() -> Verification:
    return verify_chain(db.session(), heads_in(heads_file()))


def entry_of_link(number: int) -> str:
    return f"(SELECT entry_id FROM ledger_links WHERE number = {number})"


def restored_to(number: int) -> None:
    """The store as a backup has it that was made when the chain had so many links."""
    tamper(f"DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_links WHERE number > {number})")
    tamper(f"DELETE FROM ledger_links WHERE number > {number}")
    db.session.remove()


def a_chain_with_a_head_at(*numbers: int) -> None:
    length = 0
    for number in numbers:
        a_chain_of(number - length)
        keep_head()
        length = number


def tampering_with(number: int) -> dict[str, str]:
    """Ways to change or delete the entry of a link, or the link."""
    return {
        "altered event": f"UPDATE ledger_entries SET event = 'forged' WHERE id = {entry_of_link(number)}",
        "altered facts": f"UPDATE ledger_entries SET facts = '{{}}' WHERE id = {entry_of_link(number)}",
        "altered person": f"UPDATE ledger_entries SET subject = 7 WHERE id = {entry_of_link(number)}",
        "altered time": f"UPDATE ledger_entries SET at = '2020-01-01 00:00:00' WHERE id = {entry_of_link(number)}",
        "deleted entry": f"DELETE FROM ledger_entries WHERE id = {entry_of_link(number)}",
        "deleted link": f"DELETE FROM ledger_links WHERE number = {number}",
    }


def a_night() -> dict[str, int]:
    """What the worker does by itself: chain, keep a head outside, walk along, and end what is past its time."""
    chain_new_entries()
    keep_head()
    assert check_ledger(now()).is_sound
    gone = enforce(now())
    chain_new_entries()
    keep_head()
    db.session.remove()
    return gone
