"""A case, and whom it is about: of people it knows audit references, and its document lies sealed under its own key."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.disclosures.kinds import APPROVED, ASKED, KINDS, MARKS, MOVES, STATES, Kind
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.recipients import Ground


class DisclosureCase(IdMixin, db.Model):
    """A demand for people's data, as `app.foundation.grounds.Case` wants it. Texts name the matter, never a person."""

    __tablename__ = "disclosure_cases"
    __personal__ = False
    __table_args__ = (Index(None, "state", "asked_at"),)

    number: Mapped[str] = mapped_column(String(24), unique=True, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    key_id: Mapped[int] = mapped_column(Id)
    """The data key under which the document lies sealed."""
    authority: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    why_not_sums: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the paper that demands it."""
    document_file: Mapped[str] = mapped_column(String(32))
    fields: Mapped[list[str]] = mapped_column(JSON)
    """What may be given: `table.field`, or a table's name for what its rows hold beside sealed fields."""
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date] = mapped_column(Date)
    """First and last day, in China, of the rows in the scope."""
    public_key: Mapped[str] = mapped_column(String(100))
    """The recipient's age key."""
    received_on: Mapped[date] = mapped_column(Date)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asked_by: Mapped[int] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    narrowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked: Mapped[str] = mapped_column(Text, default="")
    """How the first approver made sure that it comes from whom it names."""
    opinion: Mapped[str] = mapped_column(Text, default="")
    """Why the first approver holds it lawful, and no more than is needed."""
    first_by: Mapped[int | None] = mapped_column(Id)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_by: Mapped[int | None] = mapped_column(Id)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it was given, refused or stopped."""
    why_ended: Mapped[str] = mapped_column(Text, default="")
    review_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when it must have been looked at again; None where no look is due."""
    reviewed_by: Mapped[int | None] = mapped_column(Id)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review: Mapped[str] = mapped_column(Text, default="")
    barred_until: Mapped[date | None] = mapped_column(Date, index=True)
    """The first day on which the people may be told; None where nothing forbids it."""
    bar_basis: Mapped[str] = mapped_column(String(200), default="")
    is_package_kept: Mapped[bool] = mapped_column(default=False)
    persons: Mapped[list["DisclosedPerson"]] = relationship(
        order_by="DisclosedPerson.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]

    @property
    def ground(self) -> Ground:
        return self.about.ground

    @property
    def state_text(self) -> str:
        return str(STATES[self.state])

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def approvers(self) -> Collection[int]:
        return [each for each in (self.first_by, self.second_by) if each is not None]

    @property
    def requested_by(self) -> int | None:
        """Nobody concerned asks for a case of these kinds."""
        return None

    @property
    def undertaking(self) -> int | None:
        """The law binds an authority."""
        return None

    def is_open(self) -> bool:
        return self.state == APPROVED

    def covers(self, subject: int | None) -> bool:
        return subject in {person.audit_ref for person in self.persons}

    def may(self, move: str) -> bool:
        return self.state in MOVES[move]


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
