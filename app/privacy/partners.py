"""The papers of those who are given data: one person records them, another confirms. Clauses 4.1.3a, 4.1.4, 6.2(5).

An agreement, or an assessment of low or medium risk, counts once the second person confirms it. A high risk counts at
once: it stops a share, and stopping needs one person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.alarms import clear, sound
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now, today
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.jobs import every
from app.foundation.recipients import (
    CONFIRMED,
    HIGH,
    PROPOSED,
    RECIPIENTS,
    WITHDRAWN,
    ImpactAssessment,
    Papers,
    Recipient,
    RecipientAgreement,
    papers_of_all,
)
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.privacy.policy import deadline

MANAGE = "recipients.manage"
ALARM = "recipients"
HighRisk = Callable[[Session, ImpactAssessment, datetime], None]
_at_high_risk: list[HighRisk] = []
Paper = TypeVar("Paper", RecipientAgreement, ImpactAssessment)


class EndsTooEarly(BusinessError):
    """An agreement that has ended already, or ends before it begins, binds nobody."""

    message = _l("The agreement has to end after it begins, and not before today.")
    status = 422


class InTheFuture(BusinessError):
    """An assessment is made before it is recorded."""

    message = _l("The assessment cannot be of a day that has not come.")
    status = 422


@dataclass(frozen=True)
class AgreementPaper:
    """What a signed agreement says: the digest of its scan, our instructions' version, its first and last day."""

    scan_hash: str
    instructions: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class AssessmentPaper:
    """What an assessment says: the digest of the report, the risk, the day."""

    report_hash: str
    result: str
    assessed_on: date


@dataclass(frozen=True)
class Standing:
    """A recipient as it stands on a day. `fault` says in English why nothing may go, None where all is in order."""

    recipient: Recipient
    papers: Papers
    fault: str | None
    ends_soon: bool


def when_high_risk(act: HighRisk) -> HighRisk:
    """Register what else happens, in the same transaction, when a high risk is recorded (6.2(5))."""
    _at_high_risk.append(act)
    return act


def record_agreement(code: str, paper: AgreementPaper, by: Person, at: datetime) -> RecipientAgreement:
    """The first person records a signed agreement; it counts once another confirms it.

    Raises NotAllowed, NotFound, EndsTooEarly.
    """
    person, recipient = who_may(by, MANAGE), _declared(code)
    if paper.ends_on < paper.starts_on or paper.ends_on < at.astimezone(SHANGHAI).date():
        raise EndsTooEarly
    with transaction() as session:
        row = RecipientAgreement(
            recipient=code, purposes=sorted(recipient.purposes), proposed_by=person, proposed_at=at,
            state=PROPOSED, **vars(paper),
        )  # fmt: skip
        session.add(row)
        record("agreement.recorded", actor=person, recipient=code, scan=paper.scan_hash, ends=paper.ends_on.isoformat())
    return row


def record_assessment(code: str, paper: AssessmentPaper, by: Person, at: datetime) -> ImpactAssessment:
    """The first person records an assessment. A high risk stops every share at once.

    Raises NotAllowed, NotFound, InTheFuture.
    """
    person = who_may(by, MANAGE)
    _declared(code)
    if paper.assessed_on > at.astimezone(SHANGHAI).date():
        raise InTheFuture
    with transaction() as session:
        row = ImpactAssessment(recipient=code, proposed_by=person, proposed_at=at, state=PROPOSED, **vars(paper))
        session.add(row)
        record("assessment.recorded", actor=person, recipient=code, result=paper.result, report=paper.report_hash)
        if paper.result == HIGH:
            for act in _at_high_risk:
                act(session, row, at)
    return row


def confirm_agreement(paper_id: int, by: Person, at: datetime) -> RecipientAgreement:
    """Another person confirms an agreement. Raises SamePerson, NotWaiting, NotAllowed, NotFound."""
    return _decide(RecipientAgreement, paper_id, by, at, CONFIRMED, "agreement.confirmed")


def confirm_assessment(paper_id: int, by: Person, at: datetime) -> ImpactAssessment:
    """Another person confirms an assessment. Raises SamePerson, NotWaiting, NotAllowed, NotFound."""
    return _decide(ImpactAssessment, paper_id, by, at, CONFIRMED, "assessment.confirmed")


def withdraw_agreement(paper_id: int, by: Person, at: datetime) -> RecipientAgreement:
    """End an agreement, or take a recorded one back. One person is enough: nothing goes from now on.

    Raises NotWaiting, NotAllowed, NotFound.
    """
    return _decide(RecipientAgreement, paper_id, by, at, WITHDRAWN, "agreement.withdrawn")


def withdraw_assessment(paper_id: int, by: Person, at: datetime) -> ImpactAssessment:
    """Take an assessment back. A high risk is taken back by another person than the one who saw it.

    Raises SamePerson, NotWaiting, NotAllowed, NotFound.
    """
    return _decide(ImpactAssessment, paper_id, by, at, WITHDRAWN, "assessment.withdrawn")


def standings(session: Session, on: date) -> list[Standing]:
    """Every recipient with its papers, in the order of their codes; two queries for all."""
    warned, all_papers = deadline("agreement.warning"), papers_of_all(session, sorted(RECIPIENTS))
    return [
        Standing(RECIPIENTS[code], papers, fault_of(RECIPIENTS[code], papers, on), _ends_soon(papers, on, warned))
        for code, papers in all_papers.items()
    ]


def fault_of(recipient: Recipient, papers: Papers, on: date) -> str | None:
    """Why a recipient may be given nothing on a day. What the law orders needs no agreement, and whoever signs for each
    case an assessment alone."""
    if recipient.by_case:
        return None
    return papers.risk if recipient.signs_each_case else papers.fault(on)


@every(seconds=60, name="privacy.watch_recipients")
def watch_recipients() -> Sequence[str]:
    """Alarm where an agreement has ended or ends within the manifest's days, or one that is needed is missing."""
    lacking = [each.recipient.code for each in standings(db.session(), today()) if _is_alarming(each)]
    with transaction() as session:
        if lacking:
            sound(session, ALARM, now(), recipients=lacking)
        else:
            clear(session, ALARM)
    return lacking


def _is_alarming(standing: Standing) -> bool:
    was_used = bool(standing.papers.confirmed) or standing.recipient.is_needed
    return standing.ends_soon or (was_used and standing.fault is not None)


def _ends_soon(papers: Papers, on: date, warned: timedelta) -> bool:
    return papers.ends_on is not None and on <= papers.ends_on < on + warned


def _declared(code: str) -> Recipient:
    if code not in RECIPIENTS:
        raise NotFound
    return RECIPIENTS[code]


def _decide(model: type[Paper], paper_id: int, by: Person, at: datetime, state: str, event: str) -> Paper:
    person = who_may(by, MANAGE)
    with transaction() as session:
        wanted = select(model).where(model.id == paper_id).with_for_update()
        row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            raise NotFound
        if row.state == WITHDRAWN or row.state == state:
            raise NotWaiting
        opens = state == CONFIRMED or getattr(row, "result", None) == HIGH
        if opens and row.proposed_by == person:
            raise SamePerson
        row.state, row.decided_by, row.decided_at = state, person, at
        record(event, actor=person, recipient=row.recipient)
        return row
