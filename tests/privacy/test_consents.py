"""Consents to a share: asked apart, given and withdrawn on one page, in effect at the gate at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.outbound import RECIPIENTS, Ground, Recipient, Share, ShareRefused, declare_recipient, disclose
from app.foundation.personal_data import Purpose
from app.foundation.recipients import RecipientAgreement
from app.privacy.closures import ERASED
from app.privacy.consenting import ShareConsent, give_consent
from app.privacy.offering import offers_to
from tests.accounts.builders import an_account, signed_in
from tests.accounts.visiting import form_of
from tests.papers import no_papers, papers_in_order
from tests.privacy.closures import erased
from tests.privacy.test_my_data import copy_of

PARTY = Recipient(
    code="carrier.party", name="甲方", name_en="A party", kind="delivery",
    fields={"name": "name", "phone": "mobile number"}, purposes=frozenset({Purpose.SERVICE}),
    grounds=frozenset({Ground.CORE}),
)  # fmt: skip
LATER = replace(PARTY, purposes=frozenset({Purpose.SERVICE, Purpose.SURVEY}), grounds=frozenset({Ground.CONSENT}))
ASKED_LATER = replace(PARTY, purposes=LATER.purposes)
PAGE, ASK = "/en/privacy/consents", "/en/privacy/consents/carrier.party/2.7/"


@pytest.fixture(autouse=True)
def party(app: Flask) -> Iterator[None]:
    no_papers()
    declare_recipient(PARTY)
    papers_in_order(PARTY.code)
    yield
    del RECIPIENTS[PARTY.code]


@pytest.fixture
def alice(app: Flask, client: FlaskClient) -> Account:
    account = an_account(language="en")
    signed_in(client, account)
    return account


def a_later_purpose() -> None:
    """The recipient gets a second purpose, and a new agreement that covers it."""
    declare_recipient(ASKED_LATER)
    first = db.session.scalars(select(RecipientAgreement)).one()
    begins = today() - timedelta(days=1)
    again = {name: getattr(first, name) for name in first.__table__.columns.keys() if name != "id"}  # noqa: SIM118
    with transaction() as session:
        session.add(RecipientAgreement(**again | {"purposes": ["2.1", "2.7"], "starts_on": begins}))


def goes(account: Account, purpose: Purpose = Purpose.SURVEY) -> bool:
    share = Share(PARTY.code, Ground.CORE, purpose, {"name": "张三"}, subject=account.audit_ref, about="sms code")
    try:
        disclose(share)
    except ShareRefused:
        return False
    return True


def press(client: FlaskClient, action: str) -> str:
    form = form_of(client.get(PAGE), action)
    answer = client.post(form.action, data=dict(form.filled()), follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.clause("4.1.2")
@pytest.mark.clause("P.5")
def test_a_later_purpose_is_asked_given_and_withdrawn_and_the_gate_follows_at_once(client, alice):
    a_later_purpose()
    page = client.get(PAGE).text
    assert "A party may be given: name, mobile number. What for (clause 2.7)" in page
    assert (goes(alice), goes(alice, Purpose.SERVICE)) == (False, True)
    assert "Your consent is written down" in press(client, ASK)
    assert goes(alice)
    row = db.session.scalars(select(ShareConsent)).one()
    assert row.shown in page and (row.lang, row.purpose) == ("en", "2.7")
    assert "Your consent is withdrawn" in press(client, f"{row.id}/withdrawal")
    assert not goes(alice)
    events = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.event.startswith("consent."))).all()
    assert sorted(events) == ["consent.given", "consent.withdrawn"]


@pytest.mark.clause("4.1.1(1)")
def test_only_the_text_that_stands_there_now_is_agreed_to(client, alice, app):
    a_later_purpose()
    form = form_of(client.get(PAGE), ASK)
    declare_recipient(replace(ASKED_LATER, use_days=90))
    answer = client.post(form.action, data=dict(form.filled()), follow_redirects=True)
    assert "Please read it again" in answer.text
    assert "for 90 days" in answer.text
    assert db.session.scalars(select(ShareConsent)).all() == []


@pytest.mark.clause("4.1.1(1)")
def test_consent_as_the_only_ground_is_asked_and_what_is_asked_of_nobody_is_not(client, alice):
    assert "You are asked for nothing now" in client.get(PAGE).text
    declare_recipient(replace(PARTY, grounds=frozenset({Ground.CONSENT})))
    offers = offers_to(db.session(), alice.audit_ref, "zh", today())
    assert [(each.recipient.code, each.purpose) for each in offers] == [(PARTY.code, Purpose.SERVICE)]
    assert offers[0].shown.startswith("向甲方提供：")
    no_papers()
    assert offers_to(db.session(), alice.audit_ref, "zh", today()) == []


@pytest.mark.clause("4.1.1(1)")
def test_nobody_withdraws_anothers_consent_on_the_page(client, alice):
    bob = an_account()
    row = give_consent(bob.audit_ref, PARTY.code, Purpose.SERVICE, lang="en", shown="A party", at=now())
    give_consent(alice.audit_ref, PARTY.code, Purpose.SERVICE, lang="en", shown="A party", at=now())
    form = form_of(client.get(PAGE), "/withdrawal")
    assert client.post(f"{PAGE}/{row.id}/withdrawal", data=dict(form.filled())).status_code == 404
    assert db.session.get(ShareConsent, row.id).withdrawn_at is None


@pytest.mark.clause("5.2.2b")
def test_two_people_who_agreed_to_the_same_are_erased_and_their_consents_end(alice):
    people = [alice, an_account()]
    for each in people:
        give_consent(each.audit_ref, PARTY.code, Purpose.SERVICE, lang="en", shown="A party", at=now())
    assert [erased(each).state for each in people] == [ERASED, ERASED]
    rows = db.session.scalars(select(ShareConsent)).all()
    assert len(rows) == 2 and all(row.withdrawn_at for row in rows)


@pytest.mark.clause("P.5")
def test_the_copy_holds_the_consents_with_the_text_that_was_shown(client, alice):
    give_consent(alice.audit_ref, PARTY.code, Purpose.SERVICE, lang="en", shown="A party gets it", at=now())
    assert b"A party gets it" in copy_of(client)["share_consents.json"]


@pytest.mark.clause("P.5")
def test_the_page_shows_agreements_and_switches_and_is_for_members(client, alice, app):
    page = client.get(PAGE).text
    assert "User agreement" in page and "Personal service" in page
    assert app.test_client().get(PAGE).status_code in (302, 303)
