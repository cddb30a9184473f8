"""A demand is examined, narrowed, approved by two others, or refused; no state is passed over. 4.1.1(2), 4.3.2a."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.telling import addressee_of
from app.disclosures.deciding import NotNarrower, approve, examine, look_again, narrow, refuse, stop
from app.disclosures.forgetting import watch_reviews
from app.disclosures.giving import give_all
from app.disclosures.kinds import (
    APPROVED,
    ASKED,
    EXAMINED,
    GIVEN,
    MOVES,
    PROTECTION,
    PUBLIC_INTEREST,
    REFUSED,
    STATES,
    STOPPED,
)
from app.disclosures.models import DisclosureCase
from app.disclosures.naming import NobodyThere
from app.disclosures.opening import NoScope, record_demand
from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.grounds import Share, ShareRefused
from app.foundation.outbound import Disclosure, disclose
from app.foundation.personal_data import Purpose
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.orders.lifecycle import Actor
from app.privacy.cases import IsOver
from app.settings import current_settings
from tests.accounts.builders import an_account
from tests.checkout.builders import a_buyer, an_order
from tests.disclosures.builders import CLERK, JOHN, MARY, PAPER, a_case, a_demand, approved, fresh, name_of

MANAGER_WHO_RECORDED = Actor("manager", 9104)


@pytest.mark.clause("4.1.1(2)")
@pytest.mark.clause("4.3.2a")
def test_two_people_approve_and_neither_recorded_it(app):
    case = record_demand(a_demand(an_account()), MANAGER_WHO_RECORDED, now())
    with pytest.raises(SamePerson):
        examine(case.number, "x", "y", MANAGER_WHO_RECORDED, now())
    with pytest.raises(NotWaiting):
        approve(case.number, JOHN, now())
    with pytest.raises(NotAllowed):
        examine(case.number, "x", "y", CLERK, now())
    examine(case.number, "called back", "article 70", MARY, now())
    for person in (MARY, MANAGER_WHO_RECORDED):
        with pytest.raises(SamePerson):
            approve(case.number, person, now())
    assert fresh(case).state == EXAMINED
    assert approve(case.number, JOHN, now()).state == APPROVED
    assert set(fresh(case).approvers) == {MARY.audit_ref, JOHN.audit_ref}


@pytest.mark.clause("4.3.2a")
def test_a_refused_demand_says_why_and_gives_nothing(app):
    case = a_case(an_account())
    refuse(case.number, "no legal basis for these fields", MARY, now())
    give_all()
    assert (fresh(case).state, case.why_ended) == (REFUSED, "no legal basis for these fields")
    assert db.session.scalars(select(Disclosure)).all() == []
    for act in (lambda: examine(case.number, "x", "y", MARY, now()), lambda: approve(case.number, JOHN, now())):
        with pytest.raises(NotWaiting):
            act()


@pytest.mark.clause("4.1.1(2)")
def test_a_wide_demand_is_narrowed_and_must_then_be_approved_anew(app):
    alice, bob = an_account(), an_account()
    case = a_case(alice, bob, fields=["accounts.phone", "orders"])
    examine(case.number, "x", "y", MARY, now())
    days = (today() - timedelta(days=3), today())
    narrow(case.number, {1}, ["orders"], days, JOHN, now())
    assert (fresh(case).state, case.fields, case.from_day) == (ASKED, ["orders"], days[0])
    assert [each.audit_ref for each in case.persons] == [alice.audit_ref] and case.approvers == []
    with pytest.raises(NotWaiting):
        approve(case.number, JOHN, now())


@pytest.mark.clause("4.1.1(2)")
@pytest.mark.parametrize(
    ("people", "fields", "earlier", "later"),
    [
        ({1, 2}, ["accounts.phone", "orders.consignee"], 0, 0), (set(), ["accounts.phone"], 0, 0), ({1}, [], 0, 0),
        ({1}, ["accounts.phone"], 1, 0), ({1}, ["accounts.phone"], 0, 1), ({1, 2}, ["accounts.phone"], 0, 0),
        ({1}, ["accounts.phone"], -31, 0),
    ],
)  # fmt: skip
def test_narrowing_never_widens_and_leaves_something(app, people, fields, earlier, later):
    case = a_case(an_account(), an_account())
    days = (case.from_day - timedelta(days=earlier), case.to_day + timedelta(days=later))
    with pytest.raises(NotNarrower):
        narrow(case.number, people, fields, days, MARY, now())
    assert len(fresh(case).persons) == 2 and case.narrowed_at is None


@pytest.mark.clause("4.1.1(2)")
def test_an_approval_is_taken_back_by_one_person_before_anything_left(app):
    case = approved(a_case(an_account()))
    stop(case.number, "the court withdrew it", MARY, now())
    give_all()
    assert fresh(case).state == STOPPED and db.session.scalars(select(Disclosure)).all() == []


@pytest.mark.clause("4.1.1(2)")
def test_a_case_ends_by_the_clock_before_and_after_its_approval(app, clock):
    late, undecided = approved(a_case(an_account())), a_case(an_account())
    clock.travel(days=32)
    give_all()
    assert fresh(late).state == APPROVED and db.session.scalars(select(Disclosure)).all() == []
    with pytest.raises(IsOver):
        examine(undecided.number, "x", "y", MARY, now())
    assert fresh(undecided).state == ASKED


@pytest.mark.clause("4.1.1(3)")
@pytest.mark.clause("4.1.1(8)")
@pytest.mark.parametrize("kind", [PROTECTION, PUBLIC_INTEREST])
def test_protection_and_public_interest_are_looked_at_again_within_seven_days_by_another(app, clock, kind):
    case = record_demand(a_demand(an_account(), kind=kind, why_not_sums="one person"), MANAGER_WHO_RECORDED, now())
    approved(case)
    assert fresh(case).review_due_at - case.second_at == timedelta(days=7)
    assert watch_reviews() == 0
    clock.travel(days=7)
    assert give_all() == 0 and db.session.scalars(select(Disclosure)).all() == []
    assert watch_reviews() == 1 and [alarm.name for alarm in standing(db.session())] == ["reviews"]
    with pytest.raises(SamePerson):
        look_again(case.number, "still needed", MANAGER_WHO_RECORDED, now())
    look_again(case.number, "still needed", JOHN, now())
    assert watch_reviews() == 0 and not standing(db.session())
    assert give_all() == 1 and fresh(case).state == GIVEN


@pytest.mark.clause("4.1.1(8)")
def test_the_gate_refuses_persons_in_the_public_interest_without_a_reason_why_sums_would_not_do(app):
    case = approved(a_case(an_account(), kind=PUBLIC_INTEREST))
    with pytest.raises(ShareRefused, match="why sums would not do"):
        give_all()
    assert fresh(case).state == APPROVED and db.session.scalars(select(Disclosure)).all() == []


@pytest.mark.clause("4.1.1(2)")
@pytest.mark.clause("4.1.1(3)")
def test_the_gate_knows_the_case_by_its_scope_and_lets_nothing_else_through(app):
    alice, bob = an_account(), an_account()
    case = approved(a_case(alice))

    def share(**changes):
        facts = {"subject": alice.audit_ref, "fields": {"accounts.phone": None}, "basis": case, **changes}
        return Share("authority", case.ground, Purpose.SECURITY, facts.pop("fields"), **facts)

    for wrong in ({"subject": bob.audit_ref}, {"fields": {"accounts.name": None}}, {"basis": None}):
        with pytest.raises(ShareRefused):
            disclose(share(**wrong))
    with transaction():
        case.document = ""
    with pytest.raises(ShareRefused, match="needs its document"):
        disclose(share())


@pytest.mark.clause("4.3.2a")
@settings(max_examples=25)
@given(moves=st.lists(st.sampled_from(sorted(MOVES)), max_size=7))
def test_no_way_leads_to_a_package_past_two_approvals(moves):
    """The table of states, walked at random."""
    state, passed = ASKED, []
    for move in moves:
        if state in MOVES[move]:
            state = MOVES[move][state]
            passed.append(move)
    assert state in STATES
    if state in (APPROVED, GIVEN):
        approvals = [move for move in passed if move in ("narrow", "examine", "approve")]
        assert approvals[-2:] == ["examine", "approve"]


def test_people_are_found_by_name_number_or_order_and_lines_that_name_nobody_are_told(app):
    account, other = a_buyer(), an_account()
    order = an_order(account=account)
    lines = [order.spoken_number, addressee_of(other).number, name_of(account)]
    case = record_demand(a_demand(persons=lines), CLERK, now())
    assert [each.audit_ref for each in case.persons] == [account.audit_ref, other.audit_ref]
    with pytest.raises(NobodyThere) as nobody:
        record_demand(a_demand(persons=[name_of(account), "nobody-at-all", "13955000000"]), CLERK, now())
    assert list(nobody.value.lines) == [2, 3]
    for persons, more in (
        ([], {}),
        ([name_of(account)] * 201, {}),
        ([name_of(account)], {"fields": ["second_factors.secret"]}),
    ):
        with pytest.raises(NoScope):
            record_demand(a_demand(persons=persons, **more), CLERK, now())


def test_a_demand_that_is_not_recorded_leaves_no_paper_behind(app):
    before = {path for path in current_settings().uploads_dir.rglob("*") if path.is_file()}
    with pytest.raises(NobodyThere):
        record_demand(a_demand(persons=["nobody-at-all"]), CLERK, now())
    assert {path for path in current_settings().uploads_dir.rglob("*") if path.is_file()} == before
    case = a_case(an_account())
    assert not any(PAPER in path.read_bytes() for path in current_settings().uploads_dir.rglob("*") if path.is_file())
    assert db.session.scalars(select(DisclosureCase.id)).all() == [case.id]


@pytest.mark.clause("4.3.2a")
def test_every_step_is_evidence(app):
    case = a_case(an_account(), an_account())
    narrow(case.number, {2}, ["accounts.phone"], (case.from_day, case.to_day), MARY, now())
    approved(case)
    give_all()
    events = db.session.scalars(
        select(LedgerEntry.event).where(LedgerEntry.event.startswith("disclosure.")).order_by(LedgerEntry.at)
    ).all()
    assert events == [f"disclosure.{step}" for step in ("asked", "narrowed", "examined", "approved", "given")]
