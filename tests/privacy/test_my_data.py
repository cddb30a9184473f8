"""Everybody sees and can take along all that is held about them, and nobody else's. Clauses P.5, 1.1.2e, 5.1.3b."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import REGISTER
from app.foundation.web_session import LoginSession
from app.privacy.my_data import held_about
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import an_address


@pytest.fixture
def alice(app):
    """A member with an address, among others who have one too."""
    an_address(an_account(), consignee="Charlie")
    account = an_account()
    an_address(account, consignee="Alice Wang")
    return account


@pytest.mark.clause("P.5")
def test_the_page_shows_every_field_that_holds_something_and_nothing_of_others(client, alice):
    page = signed_in(client, alice).get("/en/privacy/data").text
    assert {found.name for found in held_about(db.session(), alice.subject_id)} == {
        "accounts.name", "accounts.phone", "addresses.consignee"
    }  # fmt: skip
    assert "Alice Wang" in page and "Charlie" not in page
    assert all(f"<code>{name}</code>" in page for name in ("accounts.name", "accounts.phone", "addresses.consignee"))


@pytest.mark.clause("P.5")
def test_the_copy_holds_each_field_of_the_register_with_its_reason(client, alice):
    answer = signed_in(client, alice).get("/en/privacy/data/copy")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    reasons = {f"{field.table}.{field.name}": field.why for field in REGISTER}
    assert {name: found["why"] for name, found in answer.json.items()} == {name: reasons[name] for name in answer.json}
    assert answer.json["addresses.consignee"]["values"][0]["consignee"] == "Alice Wang"


@pytest.mark.clause("P.5")
def test_taking_a_copy_is_on_the_ledger(client, alice):
    signed_in(client, alice).get("/en/privacy/data/copy")
    (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.copied"))
    assert (entry.actor, entry.subject) == (alice.audit_ref, alice.audit_ref)


def test_a_guest_is_told_that_nothing_is_held_and_gets_no_copy(client):
    page = client.get("/en/privacy/data")
    assert page.status_code == 200 and "You are not signed in" in page.text
    assert client.get("/en/privacy/data/copy").status_code == 302


def test_a_browser_that_stayed_signed_in_must_prove_the_person_before_it_gets_a_copy(client, alice):
    signed_in(client, alice)
    with transaction() as session:
        session.scalars(select(LoginSession)).one().proven_at = now() - timedelta(hours=3)
    answer = client.get("/en/privacy/data/copy")
    assert answer.status_code == 303 and answer.location.endswith("/en/privacy/data?done=prove-first")
    assert "Get a copy" not in client.get("/en/privacy/data").text
    assert db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.copied")).all() == []
