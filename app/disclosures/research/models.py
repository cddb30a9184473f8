"""A request of a research institution. It is about no person: it knows who of the staff acted and nobody else."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import JSON, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.disclosures.kinds import APPROVED, MARKS, MOVES, STATES
from app.foundation.database import db
from app.foundation.recipients import Ground
from app.privacy.cases import TwoPersonCase


class ResearchRequest(TwoPersonCase, db.Model):
    """What an institution asks for, as `app.foundation.grounds.Case` wants it."""

    __tablename__ = "research_requests"
    __personal__ = False
    __table_args__ = (Index(None, "state", "asked_at"), Index(None, "asked_at"))

    moves, states, marks = MOVES, STATES, MARKS

    institution: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    agreement: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the signed confidentiality agreement. Clause 4.1.4."""
    agreement_file: Mapped[str] = mapped_column(String(32))
    agreement_ends_on: Mapped[date] = mapped_column(Date)
    tables: Mapped[list[str]] = mapped_column(JSON)
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date] = mapped_column(Date)
    """First and last day, in China, between which the weeks lie."""
    received_on: Mapped[date] = mapped_column(Date)
    terms: Mapped[str] = mapped_column(String(200), default="")
    """What the gate said goes with the result: its mark, purpose and end of use."""
    result: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the file that was given."""
    result_file: Mapped[str | None] = mapped_column(String(32))

    @property
    def ground(self) -> Ground:
        return Ground.RESEARCH

    @property
    def authority(self) -> str:
        return self.institution

    @property
    def legal_basis(self) -> str:
        return ""

    @property
    def reason(self) -> str:
        return self.purpose

    @property
    def fields(self) -> Collection[str]:
        return self.tables

    @property
    def review_due_at(self) -> datetime | None:
        return None

    @property
    def why_not_sums(self) -> str:
        return ""

    @property
    def undertaking(self) -> int | None:
        """The agreement lies with the request: two people have looked at both."""
        return self.id if self.agreement else None

    def is_open(self) -> bool:
        return self.state == APPROVED

    def covers(self, subject: int | None) -> bool:
        """Nobody's data: a person is in no scope of research."""
        return subject is None

    def papers(self) -> list[str]:
        return [name for name in (self.document_file, self.agreement_file, self.result_file) if name]
