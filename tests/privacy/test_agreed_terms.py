"""A reduction applies to nobody who has not accepted it; everything else does. Clause 6.1a."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.foundation.database import db, transaction
from app.privacy.acceptance import accept
from app.privacy.agreed_terms import deadline_for, version_for
from app.privacy.keeping import began_before
from app.privacy.policy import policy_version
from tests.accounts.builders import an_account
from tests.privacy.closures import applied
from tests.privacy.later_versions import NEWEST, NEXT, Author, author

__all__ = ["author"]
AT = datetime(2027, 2, 10, 3, tzinfo=UTC)
EFFECT = date(2027, 3, 1)
ALICE, BOB = 4711, 4712
LATER = str(int(NEXT) + 1)


def agree(who: int, version: str) -> None:
    with transaction() as session:
        accept(session, who, version, "zh", policy_version(version).hash("zh"), AT)


def time_to_decide(who: int, on: date) -> timedelta:
    return deadline_for(db.session(), who, "closure.decision", on)


@pytest.mark.clause("6.1a")
def test_who_has_not_accepted_a_longer_time_keeps_the_shorter(author: Author):
    agree(ALICE, NEWEST)
    agree(BOB, NEWEST)
    author.closing_within(72, effective=EFFECT.isoformat())
    author.publish(NEXT, AT)
    agree(BOB, NEXT)
    assert time_to_decide(ALICE, EFFECT) == timedelta(hours=48)
    assert time_to_decide(BOB, EFFECT - timedelta(days=1)) == timedelta(hours=72)
    assert time_to_decide(BOB, EFFECT) == timedelta(hours=72)
    agree(ALICE, NEXT)
    assert time_to_decide(ALICE, EFFECT) == timedelta(hours=72)


@pytest.mark.clause("6.1a")
def test_an_improvement_holds_for_everybody_from_its_day_on(author: Author):
    agree(ALICE, NEWEST)
    author.closing_within(24, effective=EFFECT.isoformat())
    author.publish(NEXT, AT)
    assert time_to_decide(ALICE, EFFECT - timedelta(days=1)) == timedelta(hours=48)
    assert time_to_decide(ALICE, EFFECT) == timedelta(hours=24)


@pytest.mark.clause("6.1a")
def test_a_reduction_is_not_carried_in_by_a_version_after_it(author: Author):
    agree(ALICE, NEWEST)
    author.closing_within(72, effective="2027-03-01")
    author.publish(NEXT, AT)
    author.write(LATER, before=NEXT, effective="2027-04-01")
    author.publish(LATER, AT)
    assert version_for(db.session(), ALICE, date(2027, 5, 1)).version == NEWEST


@pytest.mark.clause("6.1a")
def test_a_later_version_that_gives_back_what_was_taken_holds_at_once(author: Author):
    agree(ALICE, NEWEST)
    author.closing_within(72, effective="2027-03-01")
    author.publish(NEXT, AT)
    author.closing_within(36, LATER, before=NEXT, effective="2027-04-01")
    author.publish(LATER, AT)
    assert time_to_decide(ALICE, date(2027, 3, 15)) == timedelta(hours=48)
    assert time_to_decide(ALICE, date(2027, 4, 1)) == timedelta(hours=36)


def test_who_never_agreed_runs_under_the_version_in_force(author: Author):
    assert version_for(db.session(), 1, date(2027, 5, 1)).version == NEWEST


@pytest.mark.clause("6.1a")
def test_longer_keeping_deletes_nothing_later_while_somebody_runs_under_the_shorter(author: Author):
    at = datetime(2027, 5, 1, tzinfo=UTC)
    before = began_before("outbox", at)
    author.write(
        effective=EFFECT.isoformat(),
        zh={'kept = "发送后 30 日"': 'kept = "发送后 90 日"'},
        en={'kept = "30 days after sending"': 'kept = "90 days after sending"'},
        manifest={'outbox = { keep = "30 days"': 'outbox = { keep = "90 days"'},
    )
    author.publish(NEXT, AT)
    assert began_before("outbox", at) == before == at - timedelta(days=30)


@pytest.mark.clause("6.1a")
@pytest.mark.clause("5.2.2a")
def test_a_closure_is_decided_within_the_time_of_the_version_that_its_person_runs_under(author: Author, clock):
    alice, bob = an_account(), an_account()
    for account in (alice, bob):
        agree(account.audit_ref, NEWEST)
    author.closing_within(72, effective=EFFECT.isoformat())
    author.publish(NEXT, AT)
    agree(bob.audit_ref, NEXT)
    clock.freeze(datetime(2027, 3, 2, tzinfo=UTC))
    asked = {account: applied(account) for account in (alice, bob)}
    times = {account.id: closure.due_at - closure.applied_at for account, closure in asked.items()}
    assert times == {alice.id: timedelta(hours=48), bob.id: timedelta(hours=72)}
