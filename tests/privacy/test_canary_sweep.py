"""A marker in every personal field, the account closed, everything searched: nothing. Clauses 5.1.1c, 5.2.2b."""

import time
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, select

from app.accounts.people import person_of
from app.foundation.audit import chain_new_entries
from app.foundation.clock import application_clock, now
from app.foundation.data_keys import data_keys, subject_keys
from app.foundation.database import Base, checkpoint, db, transaction
from app.foundation.encryption import unseal
from app.privacy.closing import apply_to_close
from app.privacy.closures import APPROVED, ERASED
from app.privacy.erasing import carry_on_all
from app.privacy.people import people
from app.settings import current_settings
from tests.accounts.builders import a_staff_member, signed_in
from tests.conftest import Browser
from tests.privacy.canaries import MARK, a_person_full_of_canaries
from tests.privacy.closures import fresh


def look_around(app, account):
    """Pages that read, show and copy everything, so that whatever is cached or logged of it is there to be found."""
    app.test_client_class = Browser
    client = signed_in(app.test_client(), account)
    for path in ("/privacy/data", "/privacy/data/copy", "/account", "/orders", "/account/profile", "/account/mail"):
        client.get(f"/en{path}", buffered=True)
    clerk = signed_in(app.test_client(), a_staff_member())
    for path in ("", "/orders", "/questions", "/closures"):
        clerk.get(f"/en/desk{path}")


def close(account):
    """Approved whatever a made-up row leaves open; how many seconds the erasure took."""
    closure = apply_to_close(person_of(account), now())
    with transaction() as session:
        row = session.get_one(type(closure), closure.id)
        row.state, row.decided_at = APPROVED, now()
        people().shut(session, account.id)
    begun = time.perf_counter()
    carry_on_all()
    seconds = time.perf_counter() - begun
    assert fresh(closure).state == ERASED
    return seconds


def hits_in_files(folder):
    return [str(path) for path in Path(folder).rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


def hits_in_what_opens():
    """Sealed values of all tables and files, tried with every key that is left."""
    with data_keys().engine.connect() as connection:
        keys = list(data_keys().load(connection.scalars(select(subject_keys.c.subject_id)).all()).values())
    hits = []
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, LargeBinary) and "id" in table.c:
                for row_id, sealed in db.session.execute(select(table.c.id, column).where(column.is_not(None))):
                    hits += opened_with(keys, sealed, f"{table.name}/{column.name}/{row_id}")
    for path in current_settings().uploads_dir.rglob("*"):
        if path.is_file():
            hits += opened_with(keys, path.read_bytes(), f"upload/{path.name}")
    return hits


def opened_with(keys, sealed, bound_to):
    for key in keys:
        try:
            if MARK.encode() in unseal(key, sealed, bound_to):
                return [bound_to]
        except (InvalidTag, ValueError):
            continue
    return []


def hits_in_rows():
    """Plain values of all rows, whatever their table."""
    return [
        f"{table.name}: {value!r}"
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table))
        for value in row
        if MARK in str(value)
    ]


def sweep(app, folders):
    account = a_person_full_of_canaries()
    look_around(app, account)
    chain_new_entries()
    fields = sum(MARK in hit or True for hit in hits_in_what_opens())
    seconds = close(account)
    chain_new_entries()
    db.session.remove()
    for extension in ("service_log",):
        app.extensions[extension].flush()
    checkpoint(db.engine)
    checkpoint(data_keys().engine)
    found = [hit for folder in folders for hit in hits_in_files(folder)] + hits_in_what_opens() + hits_in_rows()
    print(f"canaries opened before: {fields}; hits after: {len(found)}; seconds from approval to done: {seconds:.2f}")
    assert fields > 15 and found == []
    assert seconds < 15 * 60


@pytest.mark.clause("5.2.2b", "5.1.1c")
def test_after_closing_no_marker_is_left_anywhere_on_sqlite(app):
    application_clock.freeze(now())
    sweep(app, [current_settings().instance_dir])


@pytest.mark.part("postgresql")
@pytest.mark.clause("5.2.2b", "5.1.1c")
def test_after_closing_no_marker_is_left_anywhere_on_postgresql(pg_shop, postgres):
    sweep(pg_shop, [current_settings().instance_dir, postgres.folder])
