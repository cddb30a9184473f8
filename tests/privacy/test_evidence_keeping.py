"""Evidence goes three years after it stopped proving anything, and what goes on proving something stays. 5.1.3b."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.announcing import PolicyDelivery
from app.accounts.undertakings import StaffUndertaking
from app.foundation.clock import application_clock, now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.recipients import CONFIRMED, HIGH, LOW, ImpactAssessment, RecipientAgreement, papers_of
from app.privacy.acceptance import PolicyAcceptance, accept_all
from app.privacy.acknowledging import PolicyAcknowledgement
from app.privacy.closures import Closure
from app.privacy.keeping import enforce, past_its_time
from app.privacy.policy import versions
from app.privacy.texts import POLICY
from tests.accounts.builders import a_staff_member, an_account
from tests.conftest import empty
from tests.papers import no_papers
from tests.privacy.closures import erased

pytestmark = pytest.mark.clause("5.1.3b")
JUST_THREE_YEARS, YEARS = timedelta(days=3 * 365), timedelta(days=3 * 365 + 2)
"""Leap days lie between."""
OLD, NEWEST = "1", "3"


def agreed_to(ref: int, *versions_: str) -> None:
    with transaction() as session:
        for version in versions_:
            row = {"document": POLICY, "lang": "zh", "text_hash": "0" * 64}
            session.add(PolicyAcceptance(account_ref=ref, version=version, at=now(), **row))


def acceptances(ref: int) -> list[str]:
    mine = select(PolicyAcceptance.version).where(PolicyAcceptance.account_ref == ref)
    return sorted(db.session.scalars(mine.where(PolicyAcceptance.document == POLICY)))


def test_what_somebody_agreed_to_goes_three_years_after_it_was_replaced_and_the_last_stays(app, clock):
    ref = an_account().audit_ref
    agreed_to(ref, "1")
    clock.travel(days=1000)
    agreed_to(ref, "2")
    clock.travel(days=1000)
    enforce(now())
    assert acceptances(ref) == ["1", "2"], "replaced less than three years ago"
    clock.travel(days=100)
    enforce(now())
    assert acceptances(ref) == ["2"]
    clock.travel(days=10_000)
    enforce(now())
    assert acceptances(ref) == ["2"], "it binds for as long as the account stands"


def test_what_an_erased_person_had_agreed_to_last_stays_three_years_and_goes_with_the_closure(app, clock):
    account = an_account()
    ref = account.audit_ref
    agreed_to(ref, "3")
    clock.travel(days=4000)
    erased(account)
    clock.travel(days=3 * 365 - 1)
    enforce(now())
    assert acceptances(ref) == ["3"] and db.session.scalars(select(Closure)).all()
    clock.travel(days=3)
    enforce(now())
    assert acceptances(ref) == [] and db.session.scalars(select(Closure)).all() == []


def a_row(model, ref: int, version: str, **more) -> None:
    with transaction() as session:
        session.add(model(account_ref=ref, document=POLICY, version=version, at=now(), **more))


def rows(model) -> list[str]:
    return sorted(db.session.scalars(select(model.version)))


def test_that_somebody_saw_the_newest_version_stays_or_the_hint_came_back(app, clock):
    stays, leaves, newest = an_account(), an_account(), versions(POLICY)[-1].version
    for account in (stays, leaves):
        a_row(PolicyAcknowledgement, account.audit_ref, newest)
        a_row(PolicyAcknowledgement, account.audit_ref, OLD)
    erased(leaves)
    clock.travel(days=3 * 365 + 2)
    enforce(now())
    assert rows(PolicyAcknowledgement) == [newest]


def test_that_somebody_was_told_stays_until_they_agree_or_leave_or_they_were_told_again(app, clock):
    silent, agrees, leaves = an_account(), an_account(), an_account()
    for account in (silent, agrees, leaves):
        a_row(PolicyDelivery, account.audit_ref, NEWEST, channel="sms")
    clock.travel(days=1)
    with transaction() as session:
        accept_all(session, agrees.audit_ref, "zh", now())
    erased(leaves)
    clock.travel(days=3 * 365 + 2)
    enforce(now())
    left = db.session.scalars(select(PolicyDelivery.account_ref).where(PolicyDelivery.channel == "sms"))
    assert set(left) == {silent.audit_ref}


def an_agreement(starts: int, ends: int, purposes: list[str]) -> None:
    """Days from today."""
    with transaction() as session:
        session.add(RecipientAgreement(
            recipient="sms", scan_hash="0" * 64, instructions="1", purposes=purposes, proposed_by=1, proposed_at=now(),
            starts_on=today() + timedelta(days=starts), ends_on=today() + timedelta(days=ends), state=CONFIRMED,
        ))  # fmt: skip


def test_the_first_agreement_of_a_recipient_stays_with_the_later_ones_for_it_names_the_first_purposes(app, clock):
    no_papers()
    an_agreement(0, 300, ["2.1"])
    an_agreement(300, 600, ["2.1", "2.4"])
    an_agreement(600, 5000, ["2.1", "2.4"])
    clock.travel(days=3 * 365 + 700)
    enforce(now())
    papers = papers_of(db.session(), "sms")
    assert len(papers.agreements) == 2 and papers.first_purposes == {"2.1"}
    clock.travel(days=5000)
    enforce(now())
    assert papers_of(db.session(), "sms").agreements == []


def test_the_newest_assessment_stays_and_a_high_risk_until_another_one_is_confirmed(app, clock):
    no_papers()

    def assessed(result: str, **more) -> None:
        with transaction() as session:
            facts = {"report_hash": "0" * 64, "assessed_on": today(), "proposed_by": 1, "proposed_at": now()}
            session.add(ImpactAssessment(recipient="sms", result=result, **facts, **more))

    confirmed = {"state": CONFIRMED, "decided_by": 2}
    assessed(LOW, decided_at=now(), **confirmed)
    clock.travel(days=10)
    assessed(HIGH)
    clock.travel(days=4000)
    enforce(now())
    assert [each.result for each in papers_of(db.session(), "sms").assessments] == [LOW, HIGH]
    assessed(LOW, decided_at=now(), **confirmed)
    clock.travel(days=3 * 365 + 2)
    enforce(now())
    assert len(papers_of(db.session(), "sms").assessments) == 1


def test_an_undertaking_goes_three_years_after_its_last_day_or_its_withdrawal(app, clock):
    ref = a_staff_member("clerk").audit_ref
    (row,) = db.session.scalars(select(StaffUndertaking).where(StaffUndertaking.account_ref == ref))
    clock.travel(days=(row.ends_on - today()).days + 3 * 365)
    assert past_its_time(db.session(), now())["undertakings"] == 0
    clock.travel(days=3)
    assert past_its_time(db.session(), now())["undertakings"] == 1
    enforce(now())
    assert db.session.scalars(select(StaffUndertaking)).all() == []


@pytest.mark.parametrize("store", ["app", "pg_shop"])
def test_however_the_clock_goes_each_agreement_goes_when_its_time_is_over_and_not_before(request, store, clock):
    """Against a model that knows when each was replaced."""
    request.getfixturevalue(store)
    steps = st.lists(st.tuples(st.floats(0.01, 700), st.booleans()), min_size=2, max_size=12)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=steps)
    def over(steps) -> None:
        application_clock.reset()
        account = an_account(name=f"a{new_id():x}"[:20])
        ref, made = account.audit_ref, []
        for number, (days, agrees) in enumerate(steps):
            clock.travel(days=days)
            if agrees:
                agreed_to(ref, str(number))
                made.append((str(number), now()))
            enforce(now(), "acceptances")
            ended = dict(zip([name for name, _ in made], [when for _, when in made[1:]], strict=False))
            kept = {age: {name for name, _ in made if name not in ended or now() - ended[name] < age}
                    for age in (JUST_THREE_YEARS, YEARS)}  # fmt: skip
            assert kept[JUST_THREE_YEARS] <= set(acceptances(ref)) <= kept[YEARS]
            assert past_its_time(db.session(), now())["acceptances"] == 0
        db.session.remove()
        empty(db.engine, db.metadata)

    over()
