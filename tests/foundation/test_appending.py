"""Rows written past the unit of work are rows like any other."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.web_session import LoginSession


def a_row(digest: str = "a") -> LoginSession:
    return LoginSession(
        token_hash=digest, account_id=1, created_at=now(), seen_at=now(), ends_at=now(), proven_at=now()
    )


def appended(*rows: LoginSession) -> tuple[LoginSession, ...]:
    with transaction() as session:
        append(session, *rows)
    return rows


def test_an_appended_row_reads_as_it_was_given(app):
    [row] = appended(a_row())
    db.session.remove()
    found = db.session.get_one(LoginSession, row.id)
    assert (found.token_hash, found.created_at, found.revoked_at) == ("a", row.created_at, None)


def test_defaults_stand_in_the_row_and_in_the_store(app):
    [row] = appended(a_row())
    assert (row.trusted, row.browser) == (False, "")
    db.session.expire_all()
    assert (row.trusted, row.browser) == (False, "")


def test_an_appended_row_can_be_changed_at_once(app):
    with transaction() as session:
        row = a_row()
        append(session, row)
        row.browser = "Chrome, Windows"
    db.session.expire_all()
    assert row.browser == "Chrome, Windows"


def test_rows_of_one_kind_go_in_one_statement(app):
    written = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: written.append(given[2]))
        appended(a_row("a"), a_row("b"), a_row("c"))
    assert len([statement for statement in written if statement.startswith("INSERT")]) == 1


def test_what_the_store_refuses_is_not_there(app):
    with pytest.raises(IntegrityError):
        appended(a_row("a"), a_row("a"))
    assert db.session.query(LoginSession).count() == 0
