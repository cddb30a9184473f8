"""The demonstration shop's papers: agreements of recipients, and what the staff signed. Two managers see to them."""

from datetime import datetime, timedelta
from hashlib import sha256

from app.accounts.undertaking import Signed, record_undertaking
from app.accounts.undertakings import undertaking_of
from app.demo.people import OPENED_DAYS_AGO, PEOPLE, account_of, actor_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.foundation.recipients import LOW, RECIPIENTS, papers_of
from app.orders.lifecycle import Actor
from app.privacy.partners import (
    AgreementPaper,
    AssessmentPaper,
    confirm_agreement,
    confirm_assessment,
    record_agreement,
    record_assessment,
)

LASTS = timedelta(days=700)


def sign_agreements(start: datetime) -> int:
    """An agreement and an assessment for everybody on the list who needs them. Safe to repeat and to interrupt."""
    moment = start - timedelta(days=OPENED_DAYS_AGO - 1)
    with at(moment):
        return bind_everybody(actor_of("manager"), actor_of("deputy"), moment)


def bind_everybody(first: Actor, second: Actor, moment: datetime) -> int:
    """What one person writes down of each recipient who needs papers and another confirms; how many were bound now."""
    bound = [code for code, each in sorted(RECIPIENTS.items()) if not each.by_case]
    return sum(_bind(code, first, second, moment) for code in bound)


def sign_undertakings(start: datetime) -> int:
    """Everybody of the staff but the marketer, who sees nobody's data. Safe to repeat and to interrupt."""
    moment = start - timedelta(days=OPENED_DAYS_AGO - 1)
    day, signed = moment.astimezone(SHANGHAI).date(), 0
    with at(moment):
        for person in PEOPLE:
            member = account_of(person.name)
            if member is None or not member.is_staff or person.role == "marketer":
                continue
            if undertaking_of(db.session(), member.audit_ref, day) is None:
                paper = Signed(_digest(f"undertaking of {person.name}"), day, day, day + LASTS)
                recorded_by = "deputy" if person.name == "manager" else "manager"
                record_undertaking(member, paper, actor_of(recorded_by), moment)
                signed += 1
    return signed


def _bind(code: str, first: Actor, second: Actor, moment: datetime) -> bool:
    day, papers = moment.astimezone(SHANGHAI).date(), papers_of(db.session(), code)
    signs_each_case = RECIPIENTS[code].signs_each_case
    if (papers.risk if signs_each_case else papers.fault(day)) is None:
        return False
    signed = AgreementPaper(_digest(f"agreement with {code}"), "1", day, day + LASTS)
    judged = AssessmentPaper(_digest(f"assessment of {code}"), LOW, day)
    if not signs_each_case:
        agreement = papers.agreements[-1] if papers.agreements else record_agreement(code, signed, first, moment)
        if agreement.decided_at is None:
            confirm_agreement(agreement.id, second, moment)
    assessment = papers.assessments[-1] if papers.assessments else record_assessment(code, judged, first, moment)
    if assessment.decided_at is None:
        confirm_assessment(assessment.id, second, moment)
    return True


def _digest(paper: str) -> str:
    """In place of the scan of a paper that nobody signed."""
    return sha256(f"yunshang demo: {paper}".encode()).hexdigest()
