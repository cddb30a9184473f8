"""The remittance expected for an order, the voucher a buyer may add to it, and the money that arrived."""

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
_HAS_REST = text("applied < amount")
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
    """Money that arrived. All of it is written once, but for `applied`: the sum of its allocations.

    `reference` is the bank's or institution's own number of the payment. `meant_for` is the order it named or was typed
    for, whether or not it could be used there. `recorded_by` is an audit reference, None for a machine.
    """

    __tablename__ = "receipts"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("channel", "reference"),
        CheckConstraint("amount > 0", name="amount_is_money"),
        CheckConstraint("0 <= applied AND applied <= amount", name="applied_within_amount"),
        Index("unapplied_receipts", "recorded_at", sqlite_where=_HAS_REST, postgresql_where=_HAS_REST),
    )

    channel: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(64))
    amount: Mapped[Money] = mapped_column(MoneyType)
    applied: Mapped[Money] = mapped_column(MoneyType, default=ZERO)
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
        """What of it is applied to no order."""
        return self.amount - self.applied


class Allocation(IdMixin, db.Model):
    """So much of a receipt pays so much of an order. Made by `applying` alone; gone when the order ends unpaid."""

    __tablename__ = "allocations"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("receipt_id", "order_id"),
        CheckConstraint("amount > 0", name="amount_is_money"),
    )

    receipt_id: Mapped[int] = mapped_column(Id, ForeignKey("receipts.id"))
    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    amount: Mapped[Money] = mapped_column(MoneyType)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[int | None] = mapped_column(Id)

    order: Mapped[Order] = relationship()
