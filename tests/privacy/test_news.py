"""New versions are told on the pages, and people answer: seen, or agreed. Clauses 6.1a, 6.1b, 6.2."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.foundation.database import db, transaction
from app.privacy.acceptance import accept
from app.privacy.agreed_terms import version_for
from app.privacy.policy import policy_version
from tests.accounts.builders import an_account, signed_in
from tests.accounts.visiting import form_of
from tests.privacy.later_versions import NEWEST, NEXT, Author, author

__all__ = ["author"]
AT, BEFORE, AFTER = (datetime(2027, month, 10, 3, tzinfo=UTC) for month in (2, 2, 3))
GIST, SUMMARY = "Time of review changes", "The time for reviewing a closure changes."
TERMS = f"/en/privacy/terms/policy/{NEXT}"


@pytest.fixture
def member(author: Author, client: FlaskClient, clock) -> Account:
    """Somebody signed in who agreed to the version before."""
    clock.freeze(AT)
    account = an_account(language="en")
    with transaction() as session:
        accept(session, account.audit_ref, NEWEST, "en", policy_version(NEWEST).hash("en"), AT)
    signed_in(client, account)
    return account


def publish(author: Author, hours: int) -> None:
    author.closing_within(hours, effective="2027-03-01")
    author.publish(NEXT, AT)


def press(client: FlaskClient, action: str, page: str = "/en/products") -> None:
    form = form_of(client.get(page), action)
    answer = client.post(form.action, data=dict(form.filled()))
    assert answer.status_code == 303, answer.text


@pytest.mark.clause("6.1b")
@pytest.mark.parametrize("path", ["/en/", "/en/products", "/en/login", "/en/privacy", "/en/contact"])
def test_everybody_is_told_from_publication_to_effect(author: Author, client: FlaskClient, clock, path):
    clock.freeze(AT)
    assert GIST not in client.get(path).text
    publish(author, 24)
    assert GIST in client.get(path).text
    clock.freeze(AFTER)
    assert GIST not in client.get(path).text


@pytest.mark.clause("6.2")
def test_a_major_change_fills_the_page_of_a_member_until_it_was_seen(member, author, client, clock):
    publish(author, 24)
    for moment in (AT, AFTER):
        clock.freeze(moment)
        signed_in(client, member)
        page = client.get("/en/products").text
        assert "news--full" in page and SUMMARY in page and "I agree" not in page
    press(client, f"{TERMS}/acknowledgement")
    assert SUMMARY not in client.get("/en/products").text


@pytest.mark.clause("6.1a")
def test_a_reduction_asks_and_a_refusal_keeps_the_terms_of_before(member, author, client, clock):
    publish(author, 72)
    clock.freeze(AFTER)
    signed_in(client, member)
    assert "Keep my present terms" in client.get("/en/account").text
    press(client, f"{TERMS}/acknowledgement")
    assert SUMMARY not in client.get("/en/products").text
    assert client.get("/en/cart").status_code == 200
    assert version_for(db.session(), member.audit_ref, AFTER.date()).version == NEWEST
    press(client, f"{TERMS}/agreement", page="/en/privacy/terms")
    assert version_for(db.session(), member.audit_ref, AFTER.date()).version == NEXT


@pytest.mark.clause("6.1a")
def test_agreeing_moves_the_person_and_ends_the_hint(member, author, client, clock):
    publish(author, 72)
    clock.freeze(AFTER)
    signed_in(client, member)
    press(client, f"{TERMS}/agreement")
    assert SUMMARY not in client.get("/en/products").text
    terms = client.get("/en/privacy/terms").text
    assert policy_version(NEXT).hash("en") in terms and policy_version(NEWEST).hash("en") in terms


@pytest.mark.clause("6.1a")
@pytest.mark.parametrize("path", ["/en/products", "/en/cart", "/en/orders", "/en/account", "/en/checkout/addresses"])
def test_nothing_is_withheld_from_who_has_not_answered(member, author, client, clock, path):
    before = client.get(path).status_code
    publish(author, 72)
    clock.freeze(AFTER)
    signed_in(client, member)
    assert client.get(path).status_code == before == 200


def test_whoever_agreed_to_everything_is_asked_no_store(member, author, client, clock):
    publish(author, 24)
    press(client, f"{TERMS}/acknowledgement")
    assert SUMMARY not in client.get("/en/products").text
    known = client.application.extensions["publications"].now()
    assert client.application.extensions["settled_readers"].has(member.audit_ref, known)


@pytest.mark.parametrize("act", ["agreement", "acknowledgement"])
def test_an_answer_to_an_unknown_version_or_by_a_guest_is_refused(member, client, app, act):
    assert client.post(f"/en/privacy/terms/policy/99/{act}").status_code in (400, 404)
    assert app.test_client().post(f"{TERMS}/{act}").status_code in (302, 303, 400)
