"""A transfer, and whom it is about: of people it knows audit references; its papers lie sealed under its own key."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column, object_session

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.grounds import AcceptedClause
from app.foundation.recipients import INSIDE, TransferGround
from app.privacy.cases import PaperCase
from app.transfers.kinds import AGREEMENT, CONSENT, KINDS, LAW, MAKING, MARKS, MERGER, MOVES, STATES, Kind

PREFIX = "transferee."


class TransferCase(PaperCase, db.Model):
    """A transfer, as `app.foundation.grounds.Case` wants it. Who takes over is named here and on no list."""

    __tablename__ = "transfer_cases"
    __personal__ = False
    __table_args__ = (Index(None, "state", "asked_at"),)
    moves, states, marks = MOVES, STATES, MARKS

    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    contact: Mapped[str] = mapped_column(String(60))
    """How people reach the transferee: a hotline or a mail address."""
    address: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(5), default=INSIDE)
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    from_day: Mapped[date | None] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
    """First and last day, in China, of the rows that the law demands; None where all there is goes."""
    barred_until: Mapped[date | None] = mapped_column(Date)
    """The first day on which the law lets the people be told; None where nothing forbids it."""
    bar_basis: Mapped[str] = mapped_column(String(200), default="")
    agreement: Mapped[str] = mapped_column(String(10), default="")
    agreement_version: Mapped[str] = mapped_column(String(20), default="")
    clause: Mapped[str] = mapped_column(String(20), default="")
    """Document, version and clause that provide for it, where an agreement does."""
    undertaking_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the paper by which a new holder stays bound by the policy; None where it gave none."""
    undertaking_file: Mapped[str | None] = mapped_column(String(32))
    undertaken_from: Mapped[date | None] = mapped_column(Date)
    undertaken_to: Mapped[date | None] = mapped_column(Date)
    """First and last day on which the undertaking binds; no last day where it has none."""
    all_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last account had been told of the new holder."""
    made_by: Mapped[int | None] = mapped_column(Id)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]

    @property
    def ground(self) -> TransferGround:
        return self.about.ground

    @property
    def recipient(self) -> str:
        """The code under which consents and the ledger know the transferee."""
        return f"{PREFIX}{self.number}"

    @property
    def authority(self) -> str:
        return self.name

    @property
    def review_due_at(self) -> None:
        """A transfer is made once: there is nothing to look at again."""
        return None

    @property
    def why_not_sums(self) -> str:
        return ""

    @property
    def accepted(self) -> AcceptedClause:
        return AcceptedClause(self.agreement, self.agreement_version, self.clause)

    @property
    def days(self) -> tuple[date, date] | None:
        return (self.from_day, self.to_day) if self.from_day and self.to_day else None

    @property
    def tells_all(self) -> bool:
        return self.kind == MERGER

    @property
    def names_people(self) -> bool:
        return self.kind == LAW

    @property
    def rests_on_a_clause(self) -> bool:
        return self.kind == AGREEMENT

    def is_bound_on(self, day: date) -> bool:
        """Whether the new holder's undertaking is in force."""
        if not (self.undertaking_digest and self.undertaken_from):
            return False
        return self.undertaken_from <= day and (self.undertaken_to is None or day <= self.undertaken_to)

    def needs_agreement_on(self, day: date) -> bool:
        """Whether each person has to have agreed to this very transferee."""
        return self.kind == CONSENT or (self.tells_all and not self.is_bound_on(day))

    def is_open(self) -> bool:
        return self.state == MAKING

    def covers(self, subject: int | None) -> bool:
        session = object_session(self)
        mine = exists().where(TransferPerson.case_id == self.id, TransferPerson.audit_ref == subject)
        return session is not None and bool(session.scalar(select(mine)))

    def name_in(self, locale: str) -> str:
        return self.name if locale == "zh" else self.name_en

    def papers(self) -> list[str]:
        return [name for name in (self.document_file, self.undertaking_file) if name]


class TransferPerson(IdMixin, db.Model):
    """Somebody whom a transfer concerns, by audit reference. `part` is the file of the package that has their data."""

    __tablename__ = "transfer_persons"
    __personal__ = False
    __table_args__ = (UniqueConstraint("case_id", "audit_ref"), Index(None, "case_id", "part"))

    case_id: Mapped[int] = mapped_column(Id, ForeignKey("transfer_cases.id"))
    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they were told who the new holder will be."""
    part: Mapped[int | None] = mapped_column()
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they were told that it was given."""
    terms: Mapped[str] = mapped_column(String(200), default="")
    """What the gate said goes with this person's part: its mark, purpose and end of use."""
