"""What is new to the policy opens nothing of who has not agreed, and reaches nobody before its day. Clauses 2b, 6.2."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.outbound import RECIPIENTS, Ground, Share, ShareRefused, disclose
from app.foundation.personal_data import REGISTER, Purpose, PurposeRefused, purpose
from app.foundation.recipients import HIGH
from app.privacy.acceptance import accept
from app.privacy.demanding import demanded_changes
from app.privacy.partners import AssessmentPaper, record_assessment, withdraw_assessment
from app.privacy.policy import current_policy, policy_version
from tests.accounts.builders import an_account
from tests.backoffice.builders import Desk
from tests.privacy.later_versions import NEWEST, NEXT, Author, author
from tests.privacy.publishers import ANOTHER, ONE

__all__ = ["author"]
AT, AFTER = datetime(2027, 2, 10, 3, tzinfo=UTC), datetime(2027, 3, 10, 3, tzinfo=UTC)
EFFECT = "2027-03-01"
SECOND = str(int(NEXT) + 1)


def agree(account: Account, version: str) -> None:
    with transaction() as session:
        accept(session, account.audit_ref, version, "zh", policy_version(version).hash("zh"), AT)


def read_name(account: Account) -> str:
    with purpose(Purpose.SERVICE):
        return str(db.session.get_one(Account, account.id).name)


@pytest.mark.clause("2b")
def test_a_new_purpose_opens_the_fields_of_those_alone_who_agreed(author: Author, clock):
    clock.freeze(AT)
    alice, bob, nobody = an_account(), an_account(), an_account()
    author.write(NEXT, effective="2027-02-20", manifest={'service = "2.1"\n': ""})
    author.publish(NEXT, AT)
    clock.freeze(datetime(2027, 2, 21, tzinfo=UTC))
    for account in (alice, bob):
        agree(account, NEXT)
    author.write(SECOND, before=NEXT, effective=EFFECT, manifest={"[purposes]\n": '[purposes]\nservice = "2.1"\n'})
    author.publish(SECOND, datetime(2027, 2, 21, tzinfo=UTC))
    agree(bob, SECOND)
    clock.freeze(AFTER)
    with pytest.raises(PurposeRefused, match="not agreed"):
        read_name(alice)
    assert read_name(bob)
    agree(alice, SECOND)
    assert read_name(alice)
    with pytest.raises(PurposeRefused), purpose(Purpose.RECOMMENDATION):
        assert nobody.name


def share_with_tracking(subject: int | None) -> None:
    fields = {"carrier": "sf", "tracking_number": "SF1"}
    disclose(Share("kuaidi100", Ground.CORE, Purpose.SERVICE, fields, subject=subject, about="no order"))


@pytest.mark.clause("6.2(3)")
def test_a_recipient_of_a_later_version_gets_nothing_before_its_day_and_nothing_of_who_did_not_agree(author, clock):
    clock.freeze(AT)
    alice, bob = an_account(), an_account()
    author.write(
        NEXT, effective="2027-02-20", manifest={'tracking = "4.1.1(4)"\n': "", 'tracking = ["kuaidi100"]\n': ""},
        **{lang: {_row(author, lang): ""} for lang in ("zh", "en")},
    )  # fmt: skip
    author.publish(NEXT, AT)
    clock.freeze(datetime(2027, 2, 21, tzinfo=UTC))
    with pytest.raises(ShareRefused, match="no recipient of the policy"):
        share_with_tracking(None)
    agree(alice, NEXT)
    author.write(SECOND, before=NEWEST, effective=EFFECT)
    author.publish(SECOND, datetime(2027, 2, 21, tzinfo=UTC))
    with pytest.raises(ShareRefused, match="no recipient of the policy"):
        share_with_tracking(None)
    clock.freeze(AFTER)
    agree(bob, SECOND)
    with pytest.raises(ShareRefused, match="no recipient of the policy"):
        share_with_tracking(alice.audit_ref)
    with pytest.raises(ShareRefused) as refusal:
        share_with_tracking(bob.audit_ref)
    assert "no recipient of the policy" not in str(refusal.value)


def _row(author: Author, lang: str) -> str:
    lines = (author.home / NEWEST / f"{lang}.toml").read_text().splitlines(keepends=True)
    return next(line for line in lines if line.startswith("tracking = {"))


@pytest.mark.clause("6.2(3)")
def test_every_recipient_that_the_gate_knows_is_named_in_the_newest_version(app):
    manifest = current_policy(today()).manifest
    ours = [each for each in RECIPIENTS.values() if not each.by_case]
    assert [each.code for each in ours if manifest.type_of(each.code) not in manifest.recipients] == []


@pytest.mark.clause("6.2(1)")
def test_every_personal_field_is_covered_by_the_newest_version(app):
    """A new one demands a new version: list it there, and say in its texts what is collected and why."""
    listed = current_policy(today()).manifest.fields
    declared: dict[str, set[str]] = {}
    for field in REGISTER:
        if not field.table.startswith("test_"):
            declared.setdefault(field.table, set()).add(field.name)
    assert {table: set(names) for table, names in listed.items()} == declared


@pytest.mark.clause("6.2(5)")
def test_a_high_risk_stops_the_processing_and_calls_for_a_new_version_until_it_is_decided(app):
    share = Share("sms", Ground.CORE, Purpose.SECURITY, {"number": "+8613900000000"}, about="code.register")
    disclose(share)
    high = record_assessment("sms", AssessmentPaper("1" * 64, HIGH, today()), ONE, now())
    assert [row.recipient for row in db.session.scalars(demanded_changes())] == ["sms"]
    opened = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "policy.draft_opened")).one()
    assert opened.facts["recipient"] == "sms"
    with pytest.raises(ShareRefused):
        disclose(share)
    assert "A high risk calls for a new version" in Desk(app, "manager").get("/policy").text
    withdraw_assessment(high.id, ANOTHER, now())
    assert db.session.scalars(demanded_changes()).all() == []
    disclose(share)
