"""A refund, what it takes off each line and each part's freight, and the account that its transfer goes to."""

from datetime import datetime

from flask_babel import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import ZERO, Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.numbers import in_groups
from app.payments.models import Payout, Receipt
from app.refunds.vocabulary import ASKED, MARKS, OF_UNITS_THAT_LEFT, REASONS, STATES


class Payee(PersonalData, IdMixin, db.Model):
    """An account that money goes back to, as the buyer or a clerk typed it. A changed one is another row."""

    __tablename__ = "refund_payees"

    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    name = personal(
        clause="1.1.4b", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING, required=True,
        why=N_("sending a refund back by transfer: the holder of the account"),
    )  # fmt: skip
    bank = personal(
        clause="1.1.4b", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING, required=True,
        why=N_("sending a refund back by transfer: the bank of the account"),
    )  # fmt: skip
    account_number = personal(
        clause="1.1.4b", kind=Kind.SECRET, purposes={Purpose.SERVICE}, keep=Keep.ACCOUNTING, required=True,
        why=N_("sending a refund back by transfer: the number of the account"),
    )  # fmt: skip
    is_of_company: Mapped[bool | None] = mapped_column(
        info=impersonal("whether the holder is the company declared on the account; None where none is declared")
    )
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    given_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of whoever typed it"))


class Refund(IdMixin, db.Model):
    """By how much an order costs less, or how much of a receipt that no order used goes back. People: audit references.

    `amount` is what is asked for; `pays_back` is what of it is money that goes back, known once it is approved: of an
    order with a balance still due, the balance falls first.
    """

    __tablename__ = "refunds"
    __personal__ = False
    __table_args__ = (
        CheckConstraint("(order_id IS NULL) <> (receipt_id IS NULL)", name="of_order_or_receipt"),
        CheckConstraint("0 <= pays_back AND pays_back <= amount", name="pays_back_within_amount"),
        Index(None, "state", "asked_at"),
        Index(None, "asked_at"),
        Index(None, "paid_at"),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True)
    order_id: Mapped[int | None] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    receipt_id: Mapped[int | None] = mapped_column(Id, ForeignKey("receipts.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default=ASKED)
    reason: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Money] = mapped_column(MoneyType)
    pays_back: Mapped[Money] = mapped_column(MoneyType, default=ZERO)
    payee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("refund_payees.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(Id)
    asked_as: Mapped[str] = mapped_column(String(20))
    """The role in which it was asked for."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order | None] = relationship()
    receipt: Mapped[Receipt | None] = relationship()
    payee: Mapped[Payee | None] = relationship()
    lines: Mapped[list["RefundLine"]] = relationship(order_by="RefundLine.id", lazy="selectin")
    freight_rows: Mapped[list["RefundFreight"]] = relationship(order_by="RefundFreight.id", lazy="selectin")
    payouts: Mapped[list[Payout]] = relationship(order_by=Payout.id, lazy="selectin")

    @property
    def spoken_number(self) -> str:
        return in_groups(self.number)

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def reason_text(self) -> LazyString:
        return REASONS[self.reason]

    @property
    def calls_off(self) -> bool:
        """Whether its units are such that have not left; else they had left and come back, or the buyer keeps them."""
        return self.reason not in OF_UNITS_THAT_LEFT

    @property
    def freight(self) -> Money:
        return Money.total(row.amount for row in self.freight_rows)

    @property
    def is_asked(self) -> bool:
        return self.state == ASKED


class RefundLine(IdMixin, db.Model):
    """So many units of an order line, and so much of its amount. No units: money alone, the buyer keeps the goods."""

    __tablename__ = "refund_lines"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("refund_id", "line_id"),
        CheckConstraint("quantity >= 0 AND amount >= 0", name="not_negative"),
    )

    refund_id: Mapped[int] = mapped_column(Id, ForeignKey("refunds.id"))
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyType)

    line: Mapped[OrderLine] = relationship()


class RefundFreight(IdMixin, db.Model):
    """So much of the freight of a part."""

    __tablename__ = "refund_freight"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("refund_id", "part_id"),
        CheckConstraint("amount > 0", name="amount_is_money"),
    )

    refund_id: Mapped[int] = mapped_column(Id, ForeignKey("refunds.id"))
    part_id: Mapped[int] = mapped_column(Id, ForeignKey("order_parts.id"), index=True)
    amount: Mapped[Money] = mapped_column(MoneyType)

    part: Mapped[OrderPart] = relationship()
