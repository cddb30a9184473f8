"""Who outside may be given anything: declared in code, and active only with papers that two people confirmed.

A declaration is the most that a recipient may ever get: fields, purposes, grounds, where it is. The papers are rows:
the confidentiality agreement (4.1.4) and the impact assessment (4.1.3a, 6.2(5)). Without an agreement in force the gate
refuses, and so it does while the newest assessment says that the risk is high.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import JSON, Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Id, IdMixin, Model, UtcDateTime
from app.foundation.personal_data import Purpose

PROPOSED, CONFIRMED, WITHDRAWN = "proposed", "confirmed", "withdrawn"
LOW, MEDIUM, HIGH = "low", "medium", "high"
INSIDE = "CN"


class Ground(StrEnum):
    """The eight cases in which something may be shared: 4.1.1(1) to (8)."""

    CONSENT = "4.1.1(1)"
    LAW = "4.1.1(2)"
    PROTECTION = "4.1.1(3)"
    CORE = "4.1.1(4)"
    DISPUTE = "4.1.1(5)"
    AGREEMENT = "4.1.1(6)"
    RESEARCH = "4.1.1(7)"
    PUBLIC_INTEREST = "4.1.1(8)"


class TransferGround(StrEnum):
    """The four cases in which something may be transferred, whose new holder keeps it for itself: 4.2.1 to 4.2.4."""

    CONSENT = "4.2.1"
    LAW = "4.2.2"
    AGREEMENT = "4.2.3"
    MERGER = "4.2.4"


AnyGround = Ground | TransferGround
OF_AUTHORITIES: frozenset[AnyGround] = frozenset({Ground.LAW, Ground.PROTECTION, Ground.PUBLIC_INTEREST})
"""On these an authority may be given something, each with a case that two people approved."""
BY_CASE = OF_AUTHORITIES | frozenset(TransferGround)
"""Each of these takes a case of its own, whose paper and two approvers stand in an agreement's place."""


@dataclass(frozen=True)
class Recipient:
    """Somebody outside who may be given these fields, for these purposes, on these grounds, and nothing else.

    `name` is Chinese, `kind` and the words of each field are texts to translate. `use_days` is how long the recipient
    may use what it got. `by_purpose` narrows the list where a purpose needs less. `region` is where the data goes: the
    gate lets nothing out of the country (5.2.1). A recipient `by_case` (an authority, a court, a transferee) signs no
    standing agreement with us: a case with its paper and two approvers stands in the agreement's place. One that
    `signs_each_case` is somebody else each time: it is bound by what it signed for the case that the share rests on.
    """

    code: str
    name: str
    name_en: str
    kind: str
    fields: Mapping[str, str]
    purposes: frozenset[Purpose]
    grounds: frozenset[AnyGround]
    use_days: int = 30
    by_purpose: Mapping[Purpose, frozenset[str]] = field(default_factory=dict)
    draws_on: frozenset[str] = frozenset()
    """Fields of the register, as `table.field`, from which what is given comes."""
    region: str = INSIDE
    is_needed: bool = False
    """The shop does not work without it: that it has no agreement is an alarm."""
    by_case: bool = False
    signs_each_case: bool = False

    def __post_init__(self) -> None:
        if self.by_case and not self.grounds <= BY_CASE:
            raise ValueError(f"{self.code}: only what is given by a case needs no agreement")

    def allowed(self, purpose: Purpose) -> frozenset[str]:
        """The names of the fields that may go for a purpose."""
        return self.by_purpose.get(purpose, frozenset(self.fields)) if purpose in self.purposes else frozenset()

    def name_in(self, locale: str) -> str:
        return self.name if locale == "zh" else self.name_en


RECIPIENTS: dict[str, Recipient] = {}


def declare_recipient(recipient: Recipient) -> Recipient:
    """Put a recipient on the list. Slices do this when they are imported."""
    RECIPIENTS[recipient.code] = recipient
    return recipient


Naming = Callable[[Session, str], Recipient | None]
_NAMED_BY_CASES: list[Naming] = []


def named_by_cases(naming: Naming) -> Naming:
    """Declare who knows recipients that are on no list, because a case names each: by their codes."""
    _NAMED_BY_CASES.append(naming)
    return naming


def recipient_of(session: Session, code: str) -> Recipient | None:
    """Whoever has this code: declared here, or named by a case."""
    if code in RECIPIENTS:
        return RECIPIENTS[code]
    return next((found for naming in _NAMED_BY_CASES if (found := naming(session, code))), None)


class NamesRecipient(Protocol):
    """A row that names a recipient by code: a share, or a consent to one."""

    @property
    def recipient(self) -> str: ...


def named_recipients(session: Session, rows: Iterable[NamesRecipient]) -> dict[str, Recipient]:
    """The recipients that these rows name, by their codes; those that nobody knows any more are left out."""
    found = {code: recipient_of(session, code) for code in {row.recipient for row in rows}}
    return {code: recipient for code, recipient in found.items() if recipient}


class RecipientAgreement(IdMixin, Model):
    """A signed confidentiality agreement. Of the paper itself only the digest of its scan is kept. Clause 4.1.4."""

    __tablename__ = "recipient_agreements"
    __personal__ = False

    recipient: Mapped[str] = mapped_column(String(40), index=True)
    scan_hash: Mapped[str] = mapped_column(String(64))
    instructions: Mapped[str] = mapped_column(String(20))
    """The version of our instructions that it binds the recipient to."""
    purposes: Mapped[list[str]] = mapped_column(JSON)
    """The purposes that were declared when it was signed; it covers no others."""
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    """The last day on which it is in force."""
    state: Mapped[str] = mapped_column(String(9), default=PROPOSED)
    proposed_by: Mapped[int] = mapped_column(Id)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_in_force(self, on: date) -> bool:
        return self.state == CONFIRMED and self.starts_on <= on <= self.ends_on


class ImpactAssessment(IdMixin, Model):
    """What sharing with a recipient may do to people, judged beforehand. Clauses 4.1.3a, 6.2(5)."""

    __tablename__ = "impact_assessments"
    __personal__ = False

    recipient: Mapped[str] = mapped_column(String(40), index=True)
    report_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(6))
    assessed_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(9), default=PROPOSED)
    proposed_by: Mapped[int] = mapped_column(Id)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Papers:
    """The papers of one recipient that were not withdrawn: agreements by their first day, assessments, newest last."""

    agreements: Sequence[RecipientAgreement]
    assessments: Sequence[ImpactAssessment]

    def agreement_on(self, on: date) -> RecipientAgreement | None:
        """The agreement in force on a day; of several the one that began last."""
        in_force = [each for each in self.agreements if each.is_in_force(on)]
        return in_force[-1] if in_force else None

    @property
    def confirmed(self) -> list[RecipientAgreement]:
        return [each for each in self.agreements if each.state == CONFIRMED]

    @property
    def first_purposes(self) -> frozenset[str]:
        """What the recipient was told of when it began; what came later needs each person's consent (4.1.2)."""
        return frozenset(self.confirmed[0].purposes) if self.confirmed else frozenset()

    @property
    def ends_on(self) -> date | None:
        """The last day that any agreement covers."""
        return max((each.ends_on for each in self.confirmed), default=None)

    @property
    def assessment(self) -> ImpactAssessment | None:
        """The newest that counts: a high risk counts as soon as one person says so, any other once two do."""
        counting = [each for each in self.assessments if each.state == CONFIRMED or each.result == HIGH]
        return counting[-1] if counting else None

    def fault(self, on: date) -> str | None:
        """Why nothing may be given on this day, in English; None where all is in order."""
        return "has no confidentiality agreement in force" if self.agreement_on(on) is None else self.risk

    @property
    def risk(self) -> str | None:
        """What the assessment says against any share, in English; None where all is in order."""
        if self.assessment is None:
            return "has no impact assessment"
        if self.assessment.result == HIGH:
            return "was assessed as a high risk"
        return None


def papers_of(session: Session, code: str) -> Papers:
    """The papers of one recipient, in two queries."""
    return papers_of_all(session, [code])[code]


def papers_of_all(session: Session, codes: Sequence[str]) -> dict[str, Papers]:
    """The papers of several recipients, in two queries for all of them."""
    agreements = select(RecipientAgreement).where(
        RecipientAgreement.recipient.in_(codes), RecipientAgreement.state != WITHDRAWN
    )
    assessments = select(ImpactAssessment).where(
        ImpactAssessment.recipient.in_(codes), ImpactAssessment.state != WITHDRAWN
    )
    signed = session.scalars(agreements.order_by(RecipientAgreement.starts_on, RecipientAgreement.id)).all()
    judged = session.scalars(
        assessments.order_by(ImpactAssessment.assessed_on, ImpactAssessment.proposed_at, ImpactAssessment.id)
    ).all()
    return {
        code: Papers([row for row in signed if row.recipient == code], [row for row in judged if row.recipient == code])
        for code in codes
    }
