"""Saved titles, invoices with their lines, red-letter invoices, and the documents of both. Clauses 1.1.1c, 5.1.1c."""

from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.invoices.states import APPLIED, DROPPED, ENDINGS, MARKS, OWED, RED_MARKS, RED_REASONS, RED_STATES, STATES
from app.orders.models import Order

ORDINARY, SPECIAL = "ordinary", "special"
KINDS: dict[str, LazyString] = {ORDINARY: _l("Ordinary VAT invoice"), SPECIAL: _l("Special VAT invoice")}
_IS_LIVE = text("state IN ('applied', 'issued')")


class InvoiceTitle(PersonalData, IdMixin, db.Model):
    """A title that a buyer keeps for the next invoice: one sealed block. An invoice has a copy of its own."""

    __tablename__ = "invoice_titles"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), index=True, info=impersonal("whose title it is")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    details = personal(
        clause="1.1.1c", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, required=True,
        json_value=True,
        why=N_("your saved invoice titles, offered at the next application: name, tax number and, for special "
               "invoices, address, telephone, bank and account number"),
    )  # fmt: skip
    is_default: Mapped[bool] = mapped_column(default=False, info=impersonal("which title is offered first"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))


class InvoiceDocument(PersonalData, IdMixin, db.Model):
    """A blue or red invoice as the tax authority's system made it: number, day, and the PDF as a sealed file."""

    __tablename__ = "invoice_documents"

    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key file and name are sealed"))
    number: Mapped[str] = mapped_column(String(21), unique=True, info=impersonal("the tax authority's number"))
    issued_on: Mapped[date] = mapped_column(Date, index=True, info=impersonal("a day"))
    file = personal(
        clause="1.1.1c", kind=Kind.SECRET, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING, required=True,
        why=N_("your invoices as PDF files: for you to download, and because accounting law asks us to keep them"),
    )  # fmt: skip
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    recorded_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of the clerk"))

    @property
    def file_name(self) -> str:
        """Under which it is downloaded."""
        return f"invoice-{self.number}.pdf"


class Invoice(PersonalData, IdMixin, db.Model):
    """What a buyer applied for. Amount, tax and lines are written when it is issued, and never changed."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index(
            "one_live_invoice", "order_id", unique=True, sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE
        ),
        Index(None, "order_id"),
        Index(None, "state", "applied_at"),
        CheckConstraint("(document_id IS NOT NULL) = (state IN ('issued', 'reversed'))", name="issued_with_document"),
        CheckConstraint(
            "(amount IS NULL) = (document_id IS NULL) AND (tax IS NULL) = (document_id IS NULL)",
            name="issued_with_sums",
        ),
        CheckConstraint("amount IS NULL OR (amount > 0 AND 0 <= tax AND tax <= amount)", name="tax_within_amount"),
    )  # fmt: skip

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), info=impersonal("which order"))
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key the title is sealed"))
    kind: Mapped[str] = mapped_column(String(8), info=impersonal("ordinary or special"))
    title = personal(
        clause="1.1.1c", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING, required=True,
        json_value=True,
        why=N_("to whom an invoice is made out: name, tax number and, on special invoices, address, telephone, bank "
               "and account number"),
    )  # fmt: skip
    is_declared: Mapped[bool] = mapped_column(info=impersonal("whether it is the company declared on the account"))
    state: Mapped[str] = mapped_column(String(8), default=APPLIED, info=impersonal("where the invoice stands"))
    why: Mapped[str | None] = mapped_column(String(12), info=impersonal("code of why it was not issued"))
    amount: Mapped[Money | None] = mapped_column(MoneyType, info=impersonal("sum of its lines"))
    tax: Mapped[Money | None] = mapped_column(MoneyType, info=impersonal("the tax in it"))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    document_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("invoice_documents.id"), unique=True, info=impersonal("which document")
    )

    order: Mapped[Order] = relationship()
    document: Mapped[InvoiceDocument | None] = relationship(lazy="joined")
    lines: Mapped[list["InvoiceLine"]] = relationship(order_by="InvoiceLine.position", lazy="selectin")
    reds: Mapped[list["RedLetter"]] = relationship(
        back_populates="invoice", order_by="RedLetter.asked_at, RedLetter.id", lazy="selectin"
    )

    @property
    def kind_text(self) -> LazyString:
        return KINDS[self.kind]

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def why_text(self) -> LazyString | None:
        return ENDINGS[self.why] if self.why else None

    @property
    def standing_reds(self) -> list["RedLetter"]:
        """Red-letter invoices that are owed or issued."""
        return [red for red in self.reds if red.state != DROPPED]

    @property
    def amount_left(self) -> Money | None:
        """What it says the order cost, less what is or will be red-lettered; None before it is issued."""
        return self.amount - Money.total(red.amount for red in self.standing_reds) if self.amount else None


class InvoiceLine(IdMixin, db.Model):
    """Goods of an order's line, or the freight of an order's part, with the tax in it. Names are Chinese, as issued."""

    __tablename__ = "invoice_lines"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("(order_line_id IS NULL) = (part_id IS NOT NULL)", name="goods_or_freight"),
        CheckConstraint("amount > 0 AND 0 <= tax AND tax <= amount", name="tax_within_amount"),
    )

    invoice_id: Mapped[int] = mapped_column(Id, ForeignKey("invoices.id"))
    position: Mapped[int] = mapped_column(Integer)
    order_line_id: Mapped[int | None] = mapped_column(Id, ForeignKey("order_lines.id"))
    part_id: Mapped[int | None] = mapped_column(Id, ForeignKey("order_parts.id"))
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyType)
    vat_percent: Mapped[int] = mapped_column(Integer)
    tax: Mapped[Money] = mapped_column(MoneyType)

    @property
    def net(self) -> Money:
        return self.amount - self.tax


class RedLetter(IdMixin, db.Model):
    """So much of an invoice is taken back: owed since a refund or since finance asked, then issued."""

    __tablename__ = "red_letters"
    __personal__ = False
    __table_args__ = (
        Index(None, "state", "asked_at"),
        CheckConstraint("(document_id IS NOT NULL) = (state = 'issued')", name="issued_with_document"),
        CheckConstraint("amount > 0 AND 0 <= tax AND tax <= amount", name="tax_within_amount"),
    )

    invoice_id: Mapped[int] = mapped_column(Id, ForeignKey("invoices.id"), index=True)
    why: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8), default=OWED)
    amount: Mapped[Money] = mapped_column(MoneyType)
    tax: Mapped[Money] = mapped_column(MoneyType)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document_id: Mapped[int | None] = mapped_column(Id, ForeignKey("invoice_documents.id"), unique=True)

    invoice: Mapped[Invoice] = relationship(back_populates="reds")
    document: Mapped[InvoiceDocument | None] = relationship(lazy="joined")
    lines: Mapped[list["RedLetterLine"]] = relationship(lazy="selectin")

    @property
    def why_text(self) -> LazyString:
        return RED_REASONS[self.why]

    @property
    def state_text(self) -> LazyString:
        return RED_STATES[self.state]

    @property
    def mark(self) -> str:
        return RED_MARKS[self.state]

    @property
    def is_owed(self) -> bool:
        return self.state == OWED


class RedLetterLine(IdMixin, db.Model):
    """So many units and so much money of an invoice's line. No units: the price alone came down."""

    __tablename__ = "red_letter_lines"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("red_letter_id", "invoice_line_id"),
        CheckConstraint("quantity >= 0 AND amount > 0 AND 0 <= tax AND tax <= amount", name="tax_within_amount"),
    )

    red_letter_id: Mapped[int] = mapped_column(Id, ForeignKey("red_letters.id"))
    invoice_line_id: Mapped[int] = mapped_column(Id, ForeignKey("invoice_lines.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyType)
    tax: Mapped[Money] = mapped_column(MoneyType)

    invoice_line: Mapped[InvoiceLine] = relationship(lazy="joined")
