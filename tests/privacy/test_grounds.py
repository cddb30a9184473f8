"""The eight grounds of 4.1.1: what each needs, tried at the gate. Cases here say exactly what the gate asks of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.outbound import (
    RECIPIENTS,
    AcceptedClause,
    Disclosure,
    Ground,
    Recipient,
    Share,
    ShareRefused,
    Sums,
    declare_recipient,
    disclose,
    disclosures_about,
)
from app.foundation.personal_data import Purpose
from app.foundation.recipients import CONFIRMED, LOW, ImpactAssessment, RecipientAgreement
from app.privacy.acceptance import accept
from app.privacy.consenting import ShareConsent, give_consent, share_consents_of, withdraw_consent
from app.privacy.policy import current_policy
from tests.papers import no_papers, papers_in_order

PARTY = Recipient(
    code="carrier.party", name="甲方", name_en="A party", kind="delivery",
    fields={"name": "name", "phone": "mobile number", "sums": "sums"},
    purposes=frozenset({Purpose.SERVICE, Purpose.SURVEY}), grounds=frozenset(Ground),
)  # fmt: skip
COURT = Recipient(
    code="test-court", name="法院", name_en="A court", kind="order of the law",
    fields=PARTY.fields, purposes=frozenset({Purpose.SERVICE}), grounds=frozenset({Ground.LAW}), by_case=True,
)  # fmt: skip
SIGNER = Recipient(
    code="carrier.signer", name="乙方", name_en="Another party", kind="a dispute",
    fields=PARTY.fields, purposes=frozenset({Purpose.SERVICE}), grounds=frozenset({Ground.DISPUTE}),
    signs_each_case=True,
)  # fmt: skip
ALICE, BOB, MARY, JOHN = 21, 22, 31, 32


@dataclass(frozen=True)
class ACase:
    """A case as slices above keep them; everything in order unless a test says otherwise."""

    ground: Ground
    number: str = "C-1"
    approvers: tuple[int, ...] = (MARY, JOHN)
    authority: str = "District court"
    legal_basis: str = "Criminal Procedure Law, article 54"
    reason: str = "A fraud is going on"
    document: str | None = "0" * 64
    fields: frozenset[str] = frozenset({"name", "phone"})
    persons: frozenset[int] = frozenset({ALICE})
    expires_at: datetime | None = field(default_factory=lambda: now() + timedelta(days=10))
    review_due_at: datetime | None = field(default_factory=lambda: now() + timedelta(days=7))
    requested_by: int | None = ALICE
    why_not_sums: str = "One person is sought"
    undertaking: int | None = None
    open: bool = True

    def is_open(self) -> bool:
        return self.open

    def covers(self, subject: int | None) -> bool:
        return subject in self.persons


@pytest.fixture(autouse=True)
def recipients(app: Flask) -> Iterator[None]:
    for each in (PARTY, COURT, SIGNER):
        declare_recipient(each)
    papers_in_order(PARTY.code)
    yield
    for each in (PARTY, COURT, SIGNER):
        del RECIPIENTS[each.code]


def goes(ground: Ground, basis: object = None, **changes: object) -> bool:
    """Whether the gate lets a share on this ground through."""
    values = {"recipient": PARTY.code, "purpose": Purpose.SERVICE, "fields": {"name": "张三"}, "subject": ALICE}
    try:
        disclose(Share(ground=ground, basis=basis, **{**values, **changes}))
    except ShareRefused:
        return False
    return True


@pytest.mark.clause("4.1.1(1)")
def test_consent_refused_sent_refused(app):
    assert not goes(Ground.CONSENT)
    consent = give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="zh", shown="甲方将获得您的姓名", at=now())
    assert goes(Ground.CONSENT)
    withdraw_consent(ALICE, consent.id, now())
    assert not goes(Ground.CONSENT)


@pytest.mark.clause("4.1.1(1)")
def test_a_consent_serves_its_person_recipient_and_purpose_and_no_other(app):
    give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="zh", shown="甲方将获得您的姓名", at=now())
    assert not goes(Ground.CONSENT, subject=BOB)
    assert not goes(Ground.CONSENT, subject=None)
    assert not goes(Ground.CONSENT, purpose=Purpose.SURVEY)


@pytest.mark.clause("4.1.1(1)")
def test_a_consent_keeps_what_was_shown_is_given_once_and_is_evidence(app):
    first = give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="zh", shown="甲方将获得您的姓名", at=now())
    again = give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="zh", shown="甲方将获得您的姓名", at=now())
    assert (first.id, first.shown) == (again.id, "甲方将获得您的姓名")
    withdraw_consent(ALICE, first.id, now())
    withdraw_consent(ALICE, first.id, now())
    give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="en", shown="A party gets your name", at=now())
    assert [row.lang for row in db.session.scalars(share_consents_of(ALICE))] == ["en", "zh"]
    events = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.event.startswith("consent."))).all()
    assert sorted(events) == ["consent.given", "consent.given", "consent.withdrawn"]


@pytest.mark.clause("4.1.1(1)")
@pytest.mark.parametrize(
    ("recipient", "purpose", "shown"),
    [("nobody", Purpose.SERVICE, "x"), (PARTY.code, Purpose.PROMOTION, "x"), (PARTY.code, Purpose.SERVICE, " ")],
)
def test_nobody_consents_to_what_is_not_offered_or_was_not_shown(app, recipient, purpose, shown):
    with pytest.raises(NotFound):
        give_consent(ALICE, recipient, purpose, lang="zh", shown=shown, at=now())
    assert db.session.scalars(select(ShareConsent)).all() == []


@pytest.mark.clause("4.1.1(1)")
def test_nobody_withdraws_anothers_consent(app):
    consent = give_consent(ALICE, PARTY.code, Purpose.SERVICE, lang="zh", shown="甲方", at=now())
    with pytest.raises(NotFound):
        withdraw_consent(BOB, consent.id, now())
    assert goes(Ground.CONSENT)


def case_faults(*more: tuple[str, object]) -> list[object]:
    common = [
        ("open", False), ("persons", frozenset({BOB})), ("fields", frozenset({"phone"})),
        ("expires_at", now() - timedelta(seconds=1)), ("ground", Ground.CORE),
    ]  # fmt: skip
    return [pytest.param(name, value, id=name) for name, value in [*common, *more]]


TWO = [("approvers", (MARY,)), ("approvers", (MARY, MARY)), ("approvers", ())]


@pytest.mark.clause("4.1.1(2)")
@pytest.mark.parametrize(
    ("name", "value"), case_faults(*TWO, ("document", None), ("authority", ""), ("legal_basis", ""))
)
def test_the_law_needs_document_authority_basis_two_people_and_its_scope(app, name, value):
    case = ACase(Ground.LAW)
    assert goes(Ground.LAW, case)
    assert goes(Ground.LAW, case, recipient=COURT.code)
    assert not goes(Ground.LAW, replace(case, **{name: value}))
    assert not goes(Ground.LAW, replace(case, **{name: value}), recipient=COURT.code)


@pytest.mark.clause("4.1.1(3)")
@pytest.mark.parametrize(
    ("name", "value"),
    case_faults(*TWO, ("reason", ""), ("expires_at", None), ("review_due_at", now() - timedelta(seconds=1))),
)
def test_protection_needs_a_reason_an_end_a_review_and_two_people(app, name, value):
    case = ACase(Ground.PROTECTION)
    assert goes(Ground.PROTECTION, case)
    assert not goes(Ground.PROTECTION, replace(case, **{name: value}))


@pytest.mark.clause("4.1.1(3)")
def test_a_grant_that_expires_or_is_not_reviewed_in_time_ends_by_the_clock(app, clock):
    case = ACase(Ground.PROTECTION)
    clock.travel(days=6)
    assert goes(Ground.PROTECTION, case)
    clock.travel(days=1, seconds=1)
    assert not goes(Ground.PROTECTION, case)
    reviewed = replace(case, review_due_at=None)
    assert goes(Ground.PROTECTION, reviewed)
    clock.travel(days=3)
    assert not goes(Ground.PROTECTION, reviewed)


@pytest.mark.clause("4.1.1(5)")
@pytest.mark.parametrize(("name", "value"), case_faults(("requested_by", None)))
def test_a_dispute_is_opened_by_the_person_and_gives_what_the_case_lists(app, name, value):
    case = ACase(Ground.DISPUTE, approvers=())
    assert goes(Ground.DISPUTE, case)
    assert not goes(Ground.DISPUTE, replace(case, **{name: value}))


@pytest.mark.clause("4.1.4")
def test_who_signs_for_each_case_is_bound_by_that_and_assessed_as_everybody(app):
    case = replace(ACase(Ground.DISPUTE), undertaking=77)
    assert not goes(Ground.DISPUTE, case, recipient=SIGNER.code)
    papers_in_order(SIGNER.code)
    assert goes(Ground.DISPUTE, case, recipient=SIGNER.code)
    newest = db.session.scalars(select(Disclosure).order_by(Disclosure.at.desc())).first()
    assert newest is not None and newest.agreement == 77
    assert not goes(Ground.DISPUTE, replace(case, undertaking=None), recipient=SIGNER.code)


@pytest.mark.clause("4.1.1(8)")
@pytest.mark.parametrize(("name", "value"), case_faults(*TWO, ("legal_basis", ""), ("why_not_sums", "")))
def test_the_public_interest_needs_a_basis_and_says_why_sums_would_not_do(app, name, value):
    case = ACase(Ground.PUBLIC_INTEREST)
    assert goes(Ground.PUBLIC_INTEREST, case)
    assert not goes(Ground.PUBLIC_INTEREST, replace(case, **{name: value}))


@pytest.mark.clause("4.1.1(8)")
def test_sums_for_the_public_need_no_such_reason(app):
    case = replace(
        ACase(Ground.PUBLIC_INTEREST), why_not_sums="", fields=frozenset({"sums"}), persons=frozenset({None})
    )
    assert goes(Ground.PUBLIC_INTEREST, case, subject=None, fields={"sums": Sums(("kind", "n"), [("a", 20)])})


@pytest.mark.clause("4.1.1(6)")
def test_an_agreement_needs_a_clause_of_a_version_that_the_person_accepted(app):
    policy = current_policy(now().date())
    clause = AcceptedClause("policy", policy.version, "4.1.1(6)")
    assert not goes(Ground.AGREEMENT, clause)
    with transaction() as session:
        accept(session, ALICE, policy.version, "zh", policy.hash("zh"), now())
    assert goes(Ground.AGREEMENT, clause)
    assert not goes(Ground.AGREEMENT, clause, subject=BOB)
    assert not goes(Ground.AGREEMENT, replace(clause, clause="9.9"))
    assert not goes(Ground.AGREEMENT, replace(clause, version="77"))
    assert not goes(Ground.AGREEMENT, replace(clause, document="agreement", clause="1"))
    assert not goes(Ground.AGREEMENT, replace(clause, document="novel"))
    assert not goes(Ground.AGREEMENT, None)


@pytest.mark.clause("4.1.1(7)")
def test_research_gets_rounded_sums_above_the_floor_and_of_nobody(app):
    table, case = Sums(("kind", "visits"), [("a", 20), ("b", 0), ("c", 10)]), a_request()
    assert goes(Ground.RESEARCH, case, subject=None, fields={"sums": table})
    assert not goes(Ground.RESEARCH, case, fields={"sums": table})
    assert not goes(Ground.RESEARCH, case, subject=None, fields={"name": "张三"})
    for cell in (1, 5, 9, 15, 21, -10, 10.0, "10", True, None):
        assert not goes(Ground.RESEARCH, case, subject=None, fields={"sums": Sums(("kind", "n"), [("a", cell)])}), cell


def a_request() -> ACase:
    """A request of research: for nobody's data, and for one table."""
    return replace(ACase(Ground.RESEARCH), fields=frozenset({"sums"}), persons=frozenset({None}))


@pytest.mark.clause("4.1.1(7)")
@pytest.mark.parametrize(("name", "value"), case_faults(*TWO, ("document", None), ("authority", ""), ("reason", "")))
def test_research_needs_an_open_request_with_paper_purpose_and_two_approvers(app, name, value):
    sums = {"sums": Sums(("kind", "n"), [("a", 20)])}
    assert not goes(Ground.RESEARCH, None, subject=None, fields=sums)
    assert not goes(Ground.RESEARCH, replace(a_request(), **{name: value}), subject=None, fields=sums)


@pytest.mark.clause("4.1.1")
def test_each_share_is_in_the_ledger_with_recipient_ground_purpose_fields_and_what_it_rests_on(app):
    goes(Ground.LAW, ACase(Ground.LAW, number="C-77"))
    goes(Ground.LAW, ACase(Ground.LAW), fields={"sums": 1})
    (row,) = db.session.scalars(disclosures_about(ALICE)).all()
    facts = (row.recipient, row.ground, row.purpose, row.fields, row.basis)
    assert facts == (PARTY.code, "4.1.1(2)", "2.1", ["name"], "C-77")
    (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.disclosed")).all()
    assert entry.facts == {"recipient": PARTY.code, "ground": "4.1.1(2)", "fields": ["name"], "basis": "C-77"}


@pytest.mark.clause("4.1.2")
def test_a_purpose_that_came_later_waits_for_each_persons_agreement(app):
    no_papers()
    on = now().date()
    with transaction() as session:
        for purposes in (["2.1"], ["2.1", "2.7"]):
            starts = on - timedelta(days=100 - 50 * len(purposes) + 50)
            session.add(an_agreement(purposes, starts_on=starts, ends_on=on + timedelta(days=100)))
        session.add(an_assessment())
    law = ACase(Ground.LAW, persons=frozenset({ALICE, BOB}))
    assert goes(Ground.LAW, law)
    assert not goes(Ground.LAW, law, purpose=Purpose.SURVEY)
    give_consent(ALICE, PARTY.code, Purpose.SURVEY, lang="zh", shown="新用途：问卷", at=now())
    assert goes(Ground.LAW, law, purpose=Purpose.SURVEY)
    assert not goes(Ground.LAW, law, purpose=Purpose.SURVEY, subject=BOB)
    assert db.session.scalars(select(Disclosure.purpose).where(Disclosure.subject == BOB)).all() == []


def an_agreement(purposes: list[str], **days: object) -> RecipientAgreement:
    return RecipientAgreement(
        recipient=PARTY.code, scan_hash="0" * 64, instructions="1", purposes=purposes, state=CONFIRMED,
        proposed_by=MARY, proposed_at=now(), decided_by=JOHN, decided_at=now(), **days,
    )  # fmt: skip


def an_assessment() -> ImpactAssessment:
    return ImpactAssessment(
        recipient=PARTY.code, report_hash="0" * 64, result=LOW, assessed_on=now().date(), state=CONFIRMED,
        proposed_by=MARY, proposed_at=now(), decided_by=JOHN, decided_at=now(),
    )  # fmt: skip
