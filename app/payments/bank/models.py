"""Statements, their rows, and what the columns of a bank's headings mean. Clauses 1.1.4b, 5.1.1c."""

from datetime import date, datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.payments.models import Receipt

UNCHECKED, NO_MATCH, INVALID, VALID = "unchecked", "no_match", "invalid", "valid"
NEEDS_PERSON, DUPLICATE, APPLIED, SET_ASIDE = "needs_person", "duplicate", "applied", "set_aside"
STATES: dict[str, LazyString] = {
    VALID: _l("Fits an order"),
    NEEDS_PERSON: _l("Needs a person"),
    NO_MATCH: _l("No order found"),
    INVALID: _l("Contradicts itself"),
    UNCHECKED: _l("Not checked yet"),
    DUPLICATE: _l("Recorded before"),
    APPLIED: _l("Applied"),
    SET_ASIDE: _l("Set aside"),
}
"""In the order of the desk's tabs: what there is to do comes first."""
OPEN = (VALID, NEEDS_PERSON, NO_MATCH, INVALID, UNCHECKED)
MARKS = {VALID: "working", DUPLICATE: "done", APPLIED: "done", SET_ASIDE: "stopped"}


class StatementShape(db.Model):
    """What a person said the columns under these headings mean, by the headings' signature."""

    __tablename__ = "statement_shapes"
    __personal__ = False

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    columns: Mapped[dict[str, list[int]]] = mapped_column(JSON)


class Statement(IdMixin, db.Model):
    """One file. While lines are still to be read they lie in a sealed file under its own key; then it is gone."""

    __tablename__ = "statements"
    __personal__ = False

    subject_id: Mapped[int] = mapped_column(Id, index=True)
    """Names the key under which its rows are sealed; destroyed when their keeping time is over."""
    file: Mapped[str | None] = mapped_column(String(32))
    lines: Mapped[int] = mapped_column(Integer)
    read: Mapped[int] = mapped_column(Integer, default=0)
    kept: Mapped[int] = mapped_column(Integer, default=0)
    outgoing: Mapped[int] = mapped_column(Integer)
    faults: Mapped[list[list[Any]]] = mapped_column(JSON)
    """Lines that are not kept, as [number in the file, code of `statements.FAULTS`]."""
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def is_read(self) -> bool:
        return self.read == self.lines


class BankRow(PersonalData, IdMixin, db.Model):
    """Money that came in, as the statement says it. The payer's account number is not kept."""

    __tablename__ = "bank_rows"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("amount > 0", name="amount_is_money"),
        Index(None, "state", "day"),
        Index(None, "day"),
    )

    statement_id: Mapped[int] = mapped_column(
        Id, ForeignKey("statements.id"), index=True, info=impersonal("which file")
    )
    number: Mapped[int] = mapped_column(Integer, info=impersonal("which line of the file"))
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("names the statement's own key"))
    payer = personal(
        clause="1.1.4b", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING,
        why=N_("matching money that arrived with its order: the payer's name in the bank statement"),
    )  # fmt: skip
    remark = personal(
        clause="1.1.4b", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING,
        why=N_("matching money that arrived with its order: the remark in the bank statement"),
    )  # fmt: skip
    payer_key: Mapped[bytes] = mapped_column(
        LargeBinary(32), info=impersonal("keyed digest of the payer's name, compared with that of a company")
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), info=impersonal("keyed digest, by which a row is known"))
    reference: Mapped[str] = mapped_column(String(64), index=True, info=impersonal("the bank's number, or one of ours"))
    day: Mapped[date] = mapped_column(Date, info=impersonal("a day"))
    amount: Mapped[Money] = mapped_column(MoneyType, info=impersonal("an amount"))
    state: Mapped[str] = mapped_column(String(12), default=UNCHECKED, info=impersonal("where the row stands"))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list, info=impersonal("codes of why it stands there"))
    receipt_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("receipts.id"), index=True, info=impersonal("the money as it was recorded")
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    decided_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of the clerk"))

    statement: Mapped[Statement] = relationship()
    receipt: Mapped[Receipt | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether somebody may still decide what it is."""
        return self.state in OPEN

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS.get(self.state, "waiting")
