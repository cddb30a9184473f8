"""The remittance expected for an order, and the voucher a buyer may add to it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.orders.models import Order
from app.orders.numbers import in_groups


class Remittance(IdMixin, db.Model):
    """One code, one order, one amount. It says nothing about the payer; `confirmed_by` is an audit reference."""

    __tablename__ = "remittances"
    __personal__ = False

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), unique=True)
    code: Mapped[str] = mapped_column(String(15), unique=True)
    amount: Mapped[Money] = mapped_column(MoneyType)
    received_on: Mapped[date | None] = mapped_column(Date)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(Id)

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
