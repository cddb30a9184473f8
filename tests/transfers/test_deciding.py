"""A transfer is off in normal running, takes a paper and two people who did not record it, and stays inside. 4.2."""

import os
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.disclosures.naming import NobodyThere
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.grounds import AcceptedClause, Share, ShareRefused
from app.foundation.outbound import disclose
from app.foundation.personal_data import Purpose
from app.foundation.recipients import RECIPIENTS, Ground, TransferGround
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.foundation.uploads import place_of, stored_before
from app.privacy.cases import IsOver
from app.privacy.consenting import ShareConsent
from app.privacy.files import remove_nameless
from app.privacy.keeping import enforce
from app.transfers import giving
from app.transfers.deciding import approve, examine, make, refuse, stop
from app.transfers.kinds import AGREEMENT, CONSENT, GIVEN, KINDS, LAW, MAKING, MERGER
from app.transfers.models import TransferPerson
from app.transfers.opening import EndsBeforeNotice, ForeignTransferee, NoSuchClause, NoTransferScope
from app.transfers.switch import TransfersAreOff
from tests.accounts.builders import an_account
from tests.disclosures.builders import CLERK
from tests.transfers.builders import (
    ANN,
    JOHN,
    MARY,
    PAPER,
    UNDERTAKING,
    a_demanded,
    a_transfer,
    agree,
    an_approved,
    approved,
    demanded,
    fresh,
    made,
    refs_on_ledger,
    switched,
    undertaken,
)


def off(app, monkeypatch, until: date | None = None) -> None:
    monkeypatch.setitem(app.extensions, "settings", switched(app.extensions["settings"], until))


@pytest.mark.clause("4.2")
def test_there_are_four_kinds_each_with_a_ground_of_its_own():
    assert {kind.ground for kind in KINDS.values()} == set(TransferGround) and len(KINDS) == 4
    assert not set(TransferGround) & set(Ground)
    assert not [each for each in RECIPIENTS.values() if set(each.grounds) & set(TransferGround)]


@pytest.mark.clause("4.2")
def test_it_is_off_in_normal_running_and_nothing_of_it_can_be_done(shop, app, monkeypatch):
    case, being_made = a_transfer(), an_approved()
    agree(an_account(), being_made)
    make(being_made.number, JOHN, now())
    off(app, monkeypatch)
    for act in (
        a_transfer, lambda: examine(case.number, "x", "y", MARY, now()), lambda: approve(case.number, JOHN, now()),
        lambda: make(case.number, JOHN, now()),
    ):  # fmt: skip
        with pytest.raises(TransfersAreOff):
            act()
    assert giving.give_all() == 0 and refs_on_ledger(being_made) == []
    with pytest.raises(ShareRefused, match="switched off"):
        giving.give(being_made.number)
    off(app, monkeypatch, today())
    assert giving.give_all() == 1


@pytest.mark.clause("4.2")
def test_it_ends_by_itself_when_its_last_day_is_over(app, monkeypatch, clock):
    off(app, monkeypatch, today())
    a_transfer()
    clock.travel(days=1)
    with pytest.raises(TransfersAreOff):
        a_transfer()


@pytest.mark.clause("4.2")
@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_two_people_neither_of_whom_recorded_it(app, kind):
    person = an_account()
    more = {
        LAW: demanded(person), AGREEMENT: {"accepted": AcceptedClause("agreement", "1", "1.1")}, MERGER: undertaken(),
        CONSENT: {},
    }[kind]  # fmt: skip
    case = a_transfer(kind, **more)
    with pytest.raises(SamePerson):
        examine(case.number, "x", "y", ANN, now())
    with pytest.raises(NotWaiting):
        approve(case.number, JOHN, now())
    examine(case.number, "x", "y", MARY, now())
    for same in (ANN, MARY):
        with pytest.raises(SamePerson):
            approve(case.number, same, now())
    with pytest.raises(NotWaiting):
        make(case.number, MARY, now())
    with transaction():
        row = fresh(case)
        row.state = MAKING
        db.session.flush()
    with pytest.raises(ShareRefused, match="two approvers|not in the scope"):
        disclose(Share(case.recipient, case.ground, purpose_of(kind), {}, subject=person.audit_ref, basis=fresh(case)))


def purpose_of(kind: str) -> Purpose:
    return Purpose.SECURITY if kind == LAW else Purpose.SERVICE


@pytest.mark.clause("4.2")
@pytest.mark.clause("4.2.2")
def test_the_gate_itself_refuses_one_approver_and_one_who_recorded_it(app):
    person = an_account()
    case = a_demanded(person)
    make(case.number, JOHN, now())

    def with_approvers(first, second):
        with transaction():
            row = fresh(case)
            row.first_by, row.second_by = first, second
        share = Share(case.recipient, case.ground, Purpose.SECURITY, {}, subject=person.audit_ref, basis=fresh(case))
        disclose(share)

    for first, second, why in (
        (None, 1, "two approvers"), (1, 1, "two approvers"), (case.asked_by, 1, "whoever recorded"),
    ):  # fmt: skip
        with pytest.raises(ShareRefused, match=why):
            with_approvers(first, second)
    with_approvers(1, 2)


@pytest.mark.clause("4.2")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"recipient": "sms"}, "may not be given anything on ground"),
        ({"ground": TransferGround.CONSENT}, "may not be given anything on ground"),
        ({"fields": {"orders": 1}}, "may not be given orders"),
        ({"basis": None}, "needs a case"),
        ({"subject": 1}, "not in the scope"),
        ({"purpose": Purpose.SERVICE}, "for purpose"),
    ],
)
def test_the_gate_holds_every_part_to_its_case(app, change, why):
    person = an_account()
    case = a_demanded(person)
    make(case.number, JOHN, now())
    parts = {
        "recipient": case.recipient, "ground": case.ground, "purpose": Purpose.SECURITY, "fields": {},
        "subject": person.audit_ref, "basis": fresh(case),
    }  # fmt: skip
    with pytest.raises(ShareRefused, match=why):
        disclose(Share(**{**parts, **change}))


@pytest.mark.clause("4.2")
@pytest.mark.clause("5.2.1")
def test_nothing_goes_to_somebody_outside_the_country(app):
    with pytest.raises(ForeignTransferee):
        a_transfer(region="SG")
    person = an_account()
    case = a_demanded(person)
    make(case.number, JOHN, now())
    with transaction():
        fresh(case).region = "SG"
    with pytest.raises(ShareRefused, match="outside the country"):
        giving.give(case.number)
    assert refs_on_ledger(case) == []


def test_only_managers_record_and_decide(app):
    case = a_transfer()
    for act in (
        lambda: examine(case.number, "x", "y", CLERK, now()), lambda: refuse(case.number, "x", CLERK, now()),
        lambda: giving.document_for(case.number, CLERK), lambda: giving.package_for(case.number, CLERK, now()),
        lambda: make(case.number, CLERK, now()), lambda: giving.delete_package(case.number, CLERK),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.clause("4.2.2")
@pytest.mark.parametrize("lacking", [{"legal_basis": ""}, {"persons": []}, {"from_day": None}, {"fields": []}])
def test_what_the_law_demands_needs_its_basis_people_days_and_fields(app, lacking):
    with pytest.raises(NoTransferScope):
        a_transfer(LAW, **{**demanded(an_account()), **lacking})


@pytest.mark.clause("4.2.2")
def test_people_whom_nobody_knows_are_told_by_their_line(app):
    with pytest.raises(NobodyThere) as nobody:
        a_transfer(LAW, **{**demanded(an_account()), "persons": ["nobody at all"]})
    assert nobody.value.lines == [1]


@pytest.mark.clause("4.2.3")
@pytest.mark.parametrize(
    "clause", [None, ("agreement", "99", "1.1"), ("agreement", "1", "77"), ("no document", "1", "1.1")]
)
def test_an_agreement_names_a_clause_that_there_is(app, clause):
    with pytest.raises(NoSuchClause):
        a_transfer(AGREEMENT, accepted=clause and AcceptedClause(*clause))


@pytest.mark.clause("4.2.4")
def test_a_merger_stands_for_longer_than_the_notice(app):
    with pytest.raises(EndsBeforeNotice):
        a_transfer(MERGER, **undertaken(), expires_on=today() + timedelta(days=29))
    a_transfer(MERGER, **undertaken(), expires_on=today() + timedelta(days=31))


def test_refusing_and_stopping_need_one_person_and_nothing_goes(app):
    for end, case in ((refuse, a_transfer()), (stop, an_approved())):
        agreed_ref = case.recipient
        end(case.number, "the paper is no original", MARY, now())
        with pytest.raises(NotWaiting):
            make(case.number, JOHN, now())
        assert giving.give(case.number) == 0 and agreed_ref and refs_on_ledger(case) == []


def test_after_its_last_day_nothing_is_put_together(app, clock):
    case, another = an_approved(), an_approved()
    agree(an_account(), another)
    make(another.number, JOHN, now())
    clock.travel(days=91)
    with pytest.raises(IsOver):
        make(case.number, JOHN, now())
    assert giving.give_all() == 0 and refs_on_ledger(another) == []
    with pytest.raises(ShareRefused, match="expired"):
        giving.give(another.number)


@pytest.mark.clause("4.2")
def test_a_package_leaves_by_two_people_and_goes_with_the_case(app, clock):
    case = an_approved()
    agree(an_account(), case)
    made(case)
    with pytest.raises(SamePerson):
        giving.package_for(case.number, JOHN, now())
    assert b"".join(giving.package_for(case.number, MARY, now())).startswith(b"PK")
    clock.travel(days=91)
    with pytest.raises(NotFound):
        giving.package_for(case.number, MARY, now())
    giving.give_all()
    assert not fresh(case).is_package_kept
    assert not (app.extensions["settings"].instance_dir / giving.FOLDER / case.number).exists()


def test_a_package_is_deleted_by_hand_too(app):
    case = an_approved()
    with pytest.raises(NotFound):
        giving.delete_package(case.number, MARY)
    made(case)
    giving.delete_package(case.number, MARY)
    with pytest.raises(NotFound):
        giving.package_for(case.number, MARY, now())
    assert fresh(case).state == GIVEN


def test_papers_are_sealed_read_by_deciders_and_left_alone_by_the_night(app):
    case = a_transfer(MERGER, **undertaken())
    for place in stored_before(now() + timedelta(days=1)):
        assert PAPER not in place.read_bytes() and UNDERTAKING not in place.read_bytes()
        os.utime(place, (0, 0))
    remove_nameless()
    assert (giving.document_for(case.number, MARY), giving.undertaking_for(case.number, JOHN)) == (PAPER, UNDERTAKING)
    with pytest.raises(NotFound):
        giving.undertaking_for(a_transfer().number, JOHN)


def test_transfers_go_three_years_after_their_end_with_papers_people_and_consents(app, clock):
    case = an_approved()
    agree(an_account(), case)
    paper = place_of(made(case).document_file)
    clock.travel(days=3 * 365 - 2)
    enforce(now(), "transfer_cases")
    assert fresh(case) and paper.exists()
    clock.travel(days=5)
    assert enforce(now(), "transfer_cases") == {"transfer_cases": 1}
    assert not paper.exists()
    assert [db.session.scalars(select(model)).all() for model in (TransferPerson, ShareConsent)] == [[], []]


def test_an_approval_is_not_given_after_the_last_day(app, clock):
    case = a_transfer()
    clock.travel(days=91)
    with pytest.raises(IsOver):
        approved(case)
