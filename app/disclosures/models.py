"""A case, and whom it is about: of people it knows audit references, and its document lies sealed under its own key."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.disclosures.kinds import APPROVED, KINDS, MARKS, MOVES, STATES, Kind
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.recipients import Ground
from app.privacy.cases import PaperCase


class DisclosureCase(PaperCase, db.Model):
    """A demand for people's data, as `app.foundation.grounds.Case` wants it."""

    __tablename__ = "disclosure_cases"
    __personal__ = False
    __table_args__ = (Index(None, "state", "asked_at"),)

    moves, states, marks = MOVES, STATES, MARKS

    authority: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(200))
    why_not_sums: Mapped[str] = mapped_column(Text, default="")
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date] = mapped_column(Date)
    """First and last day, in China, of the rows in the scope."""
    received_on: Mapped[date] = mapped_column(Date)
    narrowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when it must have been looked at again; None where no look is due."""
    reviewed_by: Mapped[int | None] = mapped_column(Id)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review: Mapped[str] = mapped_column(Text, default="")
    barred_until: Mapped[date | None] = mapped_column(Date, index=True)
    """The first day on which the people may be told; None where nothing forbids it."""
    bar_basis: Mapped[str] = mapped_column(String(200), default="")
    persons: Mapped[list["DisclosedPerson"]] = relationship(
        order_by="DisclosedPerson.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]

    @property
    def ground(self) -> Ground:
        return self.about.ground

    def is_open(self) -> bool:
        return self.state == APPROVED

    def covers(self, subject: int | None) -> bool:
        return subject in {person.audit_ref for person in self.persons}


class DisclosedPerson(IdMixin, db.Model):
    """Somebody in the scope of a case, by audit reference and by a number that means nothing outside it."""

    __tablename__ = "disclosure_persons"
    __personal__ = False
    __table_args__ = (UniqueConstraint("case_id", "audit_ref"),)

    case_id: Mapped[int] = mapped_column(Id, ForeignKey("disclosure_cases.id"), index=True)
    position: Mapped[int] = mapped_column()
    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    terms: Mapped[str] = mapped_column(String(200), default="")
    """What the gate said goes with this person's part: its mark, purpose and end of use."""
