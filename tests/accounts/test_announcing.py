"""Each person is told of a major change on two channels, with the gist, and a record of both stays. Clause 6.2."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import announcing
from app.accounts.announcing import PolicyDelivery, announce, deliveries_of
from app.accounts.models import CLOSED, Account
from app.foundation.database import db, transaction
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.privacy.acceptance import accept
from app.privacy.policy import policy_version
from tests.accounts.builders import an_account
from tests.accounts.test_mail_address import a_confirmed
from tests.privacy.later_versions import NEWEST, NEXT, Author, author

__all__ = ["author"]
AT = datetime(2027, 2, 10, 3, tzinfo=UTC)
GIST = {"en": "Time of review changes", "zh-cn": "审核期限改变"}


def publish(author: Author, hours: int = 24) -> None:
    author.closing_within(hours, effective="2027-03-01")
    author.publish(NEXT, AT)


def told() -> Counter[tuple[int, str]]:
    return Counter((row.account_ref, row.channel) for row in db.session.scalars(select(PolicyDelivery)))


@pytest.mark.clause("6.2")
@pytest.mark.parametrize("language", ["en", "zh-cn"])
def test_a_person_is_told_on_two_channels_in_their_language(author: Author, clock, language):
    account = an_account(language=language)
    publish(author)
    clock.freeze(AT)
    assert announce() == 1
    assert told() == {(account.audit_ref, "site"): 1, (account.audit_ref, "sms"): 1}
    sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "policy.changed")).all()
    with purpose(Purpose.SERVICE):
        assert {(row.channel, row.values["gist"]) for row in sent} == {
            (each, GIST[language]) for each in ("site", "sms")
        }


@pytest.mark.clause("6.2")
def test_nobody_is_told_twice_and_who_agreed_or_left_is_not_told(author: Author, clock):
    publish(author)
    agreed, closed, told_once = an_account(), an_account(), an_account()
    with transaction() as session:
        accept(session, agreed.audit_ref, NEXT, "en", policy_version(NEXT).hash("en"), AT)
        session.get_one(Account, closed.id).state = CLOSED
    assert [announce(), announce()] == [1, 0]
    assert {who for who, _ in told()} == {told_once.audit_ref}


@pytest.mark.clause("6.2")
def test_wording_is_not_sent(author: Author):
    an_account()
    author.write(effective="2027-03-01")
    author.publish(NEXT, AT)
    assert announce() == 0


@pytest.mark.clause("6.2")
def test_whoever_confirmed_a_mail_address_is_told_by_mail_as_well(author: Author):
    plain, mailed = an_account(), a_confirmed()
    publish(author)
    assert announce() >= 2
    assert {key for key in told() if key[0] in (plain.audit_ref, mailed.audit_ref)} == {
        *((account.audit_ref, channel) for account in (plain, mailed) for channel in ("site", "sms")),
        (mailed.audit_ref, "mail"),
    }
    message = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.channel == "mail", OutboxMessage.code == "policy.changed")
    ).one()
    assert message.account_id == mailed.id


@pytest.mark.clause("6.2")
def test_killed_in_the_middle_it_goes_on_where_it_stood(author: Author, monkeypatch):
    monkeypatch.setattr(announcing, "AT_ONCE", 3)
    people = [an_account() for _ in range(10)]
    publish(author)
    whole, calls = announcing.notify, iter(range(100))

    def dying(*args, **values):
        if next(calls) == 7:
            raise KeyboardInterrupt
        return whole(*args, **values)

    monkeypatch.setattr(announcing, "notify", dying)
    with pytest.raises(KeyboardInterrupt):
        announce()
    assert len(told()) == 12
    monkeypatch.setattr(announcing, "notify", whole)
    announce()
    assert told() == {(account.audit_ref, channel): 1 for account in people for channel in ("site", "sms")}
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 20


@pytest.mark.clause("6.2")
def test_two_workers_at_once_tell_everybody_once(author: Author, app: Flask):
    people = [an_account() for _ in range(12)]
    publish(author)

    def work() -> None:
        with app.app_context():
            announce()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told() == {(account.audit_ref, channel): 1 for account in people for channel in ("site", "sms")}


@pytest.mark.clause("6.2")
def test_a_thousand_accounts_have_two_records_each(author: Author):
    for _ in range(1000):
        an_account()
    publish(author)
    assert announce() == 1000
    assert deliveries_of(db.session()) == {("policy", NEXT): {"site": 1000, "sms": 1000}}


def test_founding_versions_are_told_to_nobody_who_did_not_agree_before(app: Flask):
    account = an_account()
    with transaction() as session:
        accept(session, account.audit_ref, NEWEST, "en", policy_version(NEWEST).hash("en"), AT)
    an_account()
    assert announce() == 0
