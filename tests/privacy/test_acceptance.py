"""Agreeing to the policy leaves evidence that fits the text that was shown. Clauses P.2, 6.3."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.privacy.acceptance import PolicyAcceptance, TextNotShown, accept, acceptances_of
from app.privacy.policy import UnknownVersion, current_policy, policy_version
from tests.privacy.later_versions import NEWEST, NEXT

SOMEBODY, SOMEBODY_ELSE = 4711, 4712


def agree(who: int, lang: str = "zh", version: str = NEWEST, text_hash: str | None = None) -> None:
    with transaction() as session:
        accept(session, who, version, lang, text_hash or current_policy(today()).hash(lang), now())


@pytest.mark.clause("P.2")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_agreeing_leaves_one_ledger_entry_whose_digest_is_that_of_the_text_served(app, client, lang):
    agree(SOMEBODY, lang)
    (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "policy.accepted"))
    path = {"zh": "zh-cn", "en": "en"}[lang]
    served = client.get(f"/{path}/privacy/archive/{NEWEST}/text").data
    assert entry.subject == SOMEBODY
    assert entry.facts["text_hash"] == sha256(served).hexdigest()


@pytest.mark.clause("P.2")
def test_a_text_that_was_not_shown_cannot_be_agreed_to(app):
    other_language = current_policy(today()).hash("en")
    for digest in ("0" * 64, other_language):
        with pytest.raises(TextNotShown):
            agree(SOMEBODY, "zh", text_hash=digest)
    with pytest.raises(TextNotShown):
        agree(SOMEBODY, "fr", text_hash=other_language)
    assert db.session.scalars(select(PolicyAcceptance)).all() == []
    assert db.session.scalars(select(LedgerEntry)).all() == []


@pytest.mark.clause("P.2")
def test_a_version_there_is_not_cannot_be_agreed_to(app):
    with pytest.raises(UnknownVersion):
        agree(SOMEBODY, version=NEXT)


def test_the_newest_agreement_of_a_person_counts(app, clock):
    agree(SOMEBODY, "zh")
    clock.travel(days=1)
    agree(SOMEBODY, "en")
    agree(SOMEBODY_ELSE, "zh")
    assert [row.lang for row in acceptances_of(db.session(), SOMEBODY)] == ["en", "zh"]
    assert acceptances_of(db.session(), 1) == []


@pytest.mark.clause("6.3")
def test_every_agreement_points_to_an_archived_text(app):
    agree(SOMEBODY, "zh")
    agree(SOMEBODY_ELSE, "en")
    for row in db.session.scalars(select(PolicyAcceptance)):
        assert policy_version(row.version).hash(row.lang) == row.text_hash
