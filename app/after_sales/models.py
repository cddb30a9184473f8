"""Cases, the units they are about, what happened to them, what was said in them, and photographs. Issue 4, item 8.

A case says nothing about anybody by itself. Texts and photographs are sealed under the buyer's key.
"""

from datetime import datetime

from flask_babel import LazyString
from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy import false as no
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.after_sales.lifecycle import AWAITING_SELLER, CLOSED, EVENTS, LIMITS, MARKS, OUTCOMES, STATES, WITH_BUYER
from app.after_sales.trade_rules import KINDS, REASONS, REPAIR, Kind
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import ZERO, Money, MoneyType
from app.foundation.personal_data import Keep, PersonalData, Purpose, impersonal, personal
from app.foundation.personal_data import Kind as FieldKind
from app.orders.models import Order, OrderLine
from app.orders.numbers import in_groups
from app.refunds.models import Refund
from app.shipping.models import ParcelUnit
from app.stock.models import Warehouse

BY_BUYER, BY_STAFF = "buyer", "staff"
_IS_OVER, _HAS_NO_CLOCK = text("(closed_at IS NOT NULL)"), text("(deadline_at IS NULL)")


class Case(IdMixin, db.Model):
    """One claim about units of one order line. Hashrates are in base units; people stand here as audit references."""

    __tablename__ = "after_sales_cases"
    __personal__ = False
    __table_args__ = (
        Index(None, "state", "deadline_at"),
        Index("after_sales_by_urgency", _IS_OVER, _HAS_NO_CLOCK, "deadline_at"),
        Index(None, "account_id", "opened_at"),
        CheckConstraint("quantity > 0", name="is_about_something"),
        CheckConstraint("agreed_amount IS NULL OR agreed_amount >= 0", name="amount_is_money"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_a_moment"),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True)
    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("accounts.id"))
    """Whose it is; None once its order is anonymous."""
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("order_lines.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16), default=AWAITING_SELLER)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[str | None] = mapped_column(String(12))
    """How it ended; known before the end where goods are still to be sent back."""
    agreed_hashrate: Mapped[int | None] = mapped_column(BigInteger)
    measured_hashrate: Mapped[int | None] = mapped_column(BigInteger)
    tolerance_per_mille: Mapped[int | None] = mapped_column(Integer)
    asked_amount: Mapped[Money | None] = mapped_column(MoneyType)
    agreed_amount: Mapped[Money | None] = mapped_column(MoneyType)
    agreed_freight: Mapped[Money] = mapped_column(MoneyType, default=ZERO, server_default="0")
    """Freight of the order's part that is paid back as well."""
    handled_by: Mapped[int | None] = mapped_column(Id)
    """Who of the staff answered last: the platform's decision is another person's."""
    came_from: Mapped[str | None] = mapped_column(String(16))
    is_upheld: Mapped[bool] = mapped_column(Boolean, default=False, server_default=no())
    goods: Mapped[str] = mapped_column(String(6), default=WITH_BUYER, server_default=WITH_BUYER)
    return_to: Mapped[int | None] = mapped_column(ForeignKey("warehouses.id"))
    return_carrier: Mapped[str | None] = mapped_column(String(20))
    return_tracking: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restocked: Mapped[int | None] = mapped_column(Integer)
    """Of goods that are ours again, how many are on sale; the others were written off."""
    refund_id: Mapped[int | None] = mapped_column(Id, ForeignKey("refunds.id"), unique=True)
    """The newest refund that was asked for."""
    split_from: Mapped[int | None] = mapped_column(Id, ForeignKey("after_sales_cases.id"), index=True)
    """The case of which these units were not accepted."""

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship()
    warehouse: Mapped[Warehouse | None] = relationship()
    refund: Mapped[Refund | None] = relationship()
    whole: Mapped["Case | None"] = relationship(remote_side="Case.id", back_populates="rests")
    rests: Mapped[list["Case"]] = relationship(back_populates="whole", order_by="Case.id")
    units: Mapped[list["CaseUnit"]] = relationship(order_by="CaseUnit.position", lazy="selectin")
    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.at, CaseEvent.id")
    messages: Mapped[list["CaseMessage"]] = relationship(order_by="CaseMessage.at, CaseMessage.id")
    photographs: Mapped[list["CasePhotograph"]] = relationship(order_by="CasePhotograph.position")

    @property
    def rule(self) -> Kind:
        return KINDS[self.kind]

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
    def outcome_text(self) -> LazyString | None:
        return OUTCOMES[self.outcome] if self.outcome else None

    @property
    def spoken_number(self) -> str:
        return in_groups(self.number)

    @property
    def is_closed(self) -> bool:
        return self.state == CLOSED

    @property
    def waits_for(self) -> str | None:
        """Whose turn it is: buyer, seller or platform."""
        limit = LIMITS.get(self.state)
        return limit.whose if limit else None

    @property
    def is_paid_repair(self) -> bool:
        """A repair that the buyer pays for: none of its machines was within its warranty when it began."""
        return self.kind == REPAIR and not any(unit.is_in_warranty for unit in self.units)

    def is_late(self, at: datetime) -> bool:
        """Whether the time of whoever must act is over."""
        return self.deadline_at is not None and self.deadline_at <= at


class CaseUnit(IdMixin, db.Model):
    """A machine that a case is about, by its row among the serial numbers; that row goes when the warranty is over."""

    __tablename__ = "after_sales_units"
    __personal__ = False
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    case_id: Mapped[int] = mapped_column(Id, ForeignKey("after_sales_cases.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("parcel_units.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    is_in_warranty: Mapped[bool] = mapped_column(Boolean)
    """On the day on which the case was opened."""
    was_restocked: Mapped[bool | None] = mapped_column(Boolean)
    """Of a machine that is ours again: on sale, or written off."""

    unit: Mapped[ParcelUnit | None] = relationship(lazy="joined")


class CaseEvent(IdMixin, db.Model):
    """What happened in a case: by which role, and by whom as an audit reference. Never changed."""

    __tablename__ = "after_sales_events"
    __personal__ = False

    case_id: Mapped[int] = mapped_column(Id, ForeignKey("after_sales_cases.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    role: Mapped[str] = mapped_column(String(20))
    actor: Mapped[int | None] = mapped_column(Id)
    amount: Mapped[Money | None] = mapped_column(MoneyType)

    @property
    def text(self) -> LazyString:
        return EVENTS[self.name]


class CaseMessage(PersonalData, IdMixin, db.Model):
    """What one side wrote to the other, sealed under the buyer's key. Staff stand in it by their side alone."""

    __tablename__ = "after_sales_messages"

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    case_id: Mapped[int] = mapped_column(
        Id, ForeignKey("after_sales_cases.id"), index=True, info=impersonal("which case")
    )
    side: Mapped[str] = mapped_column(String(5), info=impersonal("buyer or staff"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of whoever wrote it"))
    text = personal(
        clause="1.1.6", kind=FieldKind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.TICKETS, required=True,
        why=N_("what you and our after-sales desk write to each other about goods that you bought"),
    )  # fmt: skip


class CasePhotograph(PersonalData, IdMixin, db.Model):
    """A photograph as evidence: a sealed file, without metadata, whose name stands here sealed too."""

    __tablename__ = "after_sales_photographs"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("under whose key file and name are sealed"))
    case_id: Mapped[int] = mapped_column(Id, ForeignKey("after_sales_cases.id"), info=impersonal("which case"))
    position: Mapped[int] = mapped_column(Integer, info=impersonal("in the order of sending"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    file = personal(
        clause="1.1.6", kind=FieldKind.SECRET, purposes={Purpose.SERVICE}, keep=Keep.VOUCHERS, required=True,
        why=N_("photographs that you sent as evidence of a fault"),
    )  # fmt: skip
