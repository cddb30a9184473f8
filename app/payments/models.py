"""The remittance expected for an order, the voucher a buyer may add, the money that arrived and that went back."""

from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import ZERO, Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.orders.models import Order
from app.orders.numbers import in_groups

BY_REMITTANCE, BY_CHINABANK = "remittance", "chinabank"
_HAS_REST = text("amount > applied + returned")
"""Written in the order in which SQLite turns a query's comparison, or it would not use the index."""
CHANNELS: dict[str, LazyString] = {BY_REMITTANCE: _l("Bank transfer"), BY_CHINABANK: _l("Chinabank")}


class Remittance(IdMixin, db.Model):
    """One code, one order, one amount. It says nothing about the payer."""

    __tablename__ = "remittances"
    __personal__ = False

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), unique=True)
    code: Mapped[str] = mapped_column(String(15), unique=True)
    amount: Mapped[Money] = mapped_column(MoneyType)

    order: Mapped[Order] = relationship()

    @property
    def spoken_code(self) -> str:
        """The code in groups of five, as it is printed."""
        return in_groups(self.code)


class Voucher(PersonalData, IdMixin, db.Model):
    """The picture of a bank slip: a sealed file whose name stands here sealed too. One for each order."""

    __tablename__ = "vouchers"

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), unique=True, info=impersonal("which order"))
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key file and name are sealed"))
    file = personal(
        clause="1.1.4b",
        kind=Kind.SECRET,
        purposes={Purpose.SERVICE},
        keep=Keep.VOUCHERS,
        why=N_("matching the remittance with the order; the picture of the bank slip that you sent"),
        required=True,
    )
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))


class Receipt(IdMixin, db.Model):
    """Money that arrived. All of it is written once, but for `applied`, the sum of its allocations, and `returned`.

    `returned` is what of it no order used and goes back, or somebody asks to send back.
    `reference` is the bank's or institution's own number of the payment. `meant_for` is the order it named or was typed
    for, whether or not it could be used there. `recorded_by` is an audit reference, None for a machine.
    """

    __tablename__ = "receipts"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("channel", "reference"),
        CheckConstraint("amount > 0", name="amount_is_money"),
        CheckConstraint("0 <= applied AND applied <= amount", name="applied_within_amount"),
        CheckConstraint("0 <= returned AND applied + returned <= amount", name="returned_within_rest"),
        Index("unapplied_receipts", "recorded_at", sqlite_where=_HAS_REST, postgresql_where=_HAS_REST),
    )

    channel: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(64))
    amount: Mapped[Money] = mapped_column(MoneyType)
    applied: Mapped[Money] = mapped_column(MoneyType, default=ZERO)
    returned: Mapped[Money] = mapped_column(MoneyType, default=ZERO, server_default="0")
    received_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(Id)
    meant_for: Mapped[int | None] = mapped_column(Id, ForeignKey("orders.id"), index=True)

    meant_order: Mapped[Order | None] = relationship()
    allocations: Mapped[list["Allocation"]] = relationship(order_by="Allocation.at, Allocation.id")

    @property
    def channel_text(self) -> LazyString:
        return CHANNELS[self.channel]

    @property
    def rest(self) -> Money:
        """What of it is applied to no order and does not go back."""
        return self.amount - self.applied - self.returned


class Allocation(IdMixin, db.Model):
    """So much of a receipt pays so much of an order. Made by `applying` alone; gone when the order ends unpaid.

    `returned` is what of it goes back, paid or promised (`paying_back`).
    """

    __tablename__ = "allocations"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("receipt_id", "order_id"),
        CheckConstraint("amount > 0", name="amount_is_money"),
        CheckConstraint("0 <= returned AND returned <= amount", name="returned_within_amount"),
    )

    receipt_id: Mapped[int] = mapped_column(Id, ForeignKey("receipts.id"))
    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    amount: Mapped[Money] = mapped_column(MoneyType)
    returned: Mapped[Money] = mapped_column(MoneyType, default=ZERO, server_default="0")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[int | None] = mapped_column(Id)

    order: Mapped[Order] = relationship()


class Payout(IdMixin, db.Model):
    """Money that goes back the way it came: of one receipt, for one approved refund. Made in `paying_back` alone.

    `order_id` is None where no order had used the money. Until `paid_at` it is promised; then it has gone, under the
    bank's or institution's own number. `paid_by` is an audit reference.
    """

    __tablename__ = "payouts"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("refund_id", "receipt_id"),
        UniqueConstraint("way", "reference"),
        CheckConstraint("amount > 0", name="amount_is_money"),
        CheckConstraint("(paid_at IS NULL) = (reference IS NULL)", name="paid_under_a_number"),
        Index(None, "paid_at"),
    )

    refund_id: Mapped[int] = mapped_column(Id, ForeignKey("refunds.id"))
    receipt_id: Mapped[int] = mapped_column(Id, ForeignKey("receipts.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    way: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Money] = mapped_column(MoneyType)
    reference: Mapped[str | None] = mapped_column(String(64))
    paid_on: Mapped[date | None] = mapped_column(Date)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_by: Mapped[int | None] = mapped_column(Id)

    receipt: Mapped[Receipt] = relationship()

    @property
    def way_text(self) -> LazyString:
        return CHANNELS[self.way]

    @property
    def is_paid(self) -> bool:
        return self.paid_at is not None
