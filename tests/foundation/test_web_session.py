"""Signed-in sessions: a random reference in the browser, a row on the server, and an end that is really one."""

from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.web_session import (
    LoginSession,
    begin_session,
    current_session,
    end_session,
    live_sessions,
    renew_session,
    revoke_all,
)

ALICE = 7


@pytest.fixture
def door(site: Flask) -> FlaskClient:
    """A shop with bare routes that sign in and out."""

    @site.get("/in")
    def sign_in() -> str:
        begin_session(ALICE, browser="Firefox, Linux")
        return "in"

    @site.get("/again")
    def again() -> str:
        renew_session(second_factor=True)
        return "renewed"

    @site.get("/out")
    def out() -> str:
        end_session()
        return "out"

    @site.get("/who")
    def who() -> str:
        row = current_session()
        return f"{session.get('_user_id')} {bool(row and row.second_factor_at)}"

    return site.test_client()


def sid(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("sid")
    return cookie.value if cookie else None


def who(client: FlaskClient) -> str:
    return client.get("/who").text.split()[0]


@pytest.mark.clause("3.1.1d")
def test_a_guest_has_no_session_and_gets_no_cookie(door):
    assert who(door) == "None"
    assert sid(door) is None


@pytest.mark.clause("3.1.1d")
def test_signing_in_sets_a_reference_of_which_only_the_hash_is_kept(door):
    door.get("/in")
    row = db.session.query(LoginSession).one()
    assert row.token_hash == sha256(sid(door).encode()).hexdigest()
    assert who(door) == str(ALICE)


@pytest.mark.clause("3.1.1d")
def test_a_value_planted_before_signing_in_is_dead_after_it(door):
    door.set_cookie("sid", "planted-by-somebody-else")
    door.get("/in")
    assert sid(door) != "planted-by-somebody-else"
    door.set_cookie("sid", "planted-by-somebody-else")
    assert who(door) == "None"


@pytest.mark.clause("3.1.1d")
def test_the_value_changes_with_a_change_of_rights_and_the_old_one_is_dead(door):
    door.get("/in")
    before = sid(door)
    door.get("/again")
    assert sid(door) != before
    assert door.get("/who").text == f"{ALICE} True"
    door.set_cookie("sid", before)
    assert who(door) == "None"


@pytest.mark.clause("3.1.1d")
def test_signing_out_ends_the_session_on_the_server(door):
    door.get("/in")
    before = sid(door)
    door.get("/out")
    assert sid(door) is None
    door.set_cookie("sid", before)
    assert who(door) == "None"


def test_two_idle_hours_end_a_session(door, clock):
    door.get("/in")
    clock.travel(hours=2, seconds=1)
    assert who(door) == "None"


def test_use_keeps_a_session_alive_for_a_day_and_no_longer(door, clock):
    door.get("/in")
    for _ in range(15):
        clock.travel(hours=1.5)
        assert who(door) == str(ALICE)
    clock.travel(hours=1.6)
    assert who(door) == "None"


@pytest.mark.clause("5.1.6")
def test_all_sessions_of_an_account_can_be_ended_at_once(door):
    door.get("/in")
    with transaction() as store:
        revoke_all(store, ALICE)
    assert who(door) == "None"


def test_live_sessions_are_listed(door, clock):
    door.get("/in")
    assert [row.browser for row in live_sessions(ALICE, now())] == ["Firefox, Linux"]
    assert not list(live_sessions(ALICE, now() + timedelta(hours=3)))
