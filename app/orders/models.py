"""Orders, their parts, lines and timeline. The consignee is one sealed block under the buyer's own key (1.1.3b).

Prices are written when the order is placed and never changed: an order is the sum of its parts, a part the sum of its
lines and its freight. What was paid moves in `app.payments.applying` alone, and is always the sum of its allocations.
What refunds (`app.refunds`) take off stands beside it: `reduced` is what the order costs less since they were approved.
"""

from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.futures import FuturesTerms, Terms
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.money import ZERO, Money, MoneyType
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.orders.lifecycle import (
    AWAITING_PAYMENT,
    AWAITING_SHIPMENT,
    CANCELLED,
    EVENTS,
    MARKS,
    ONLINE,
    REMITTANCE,
    STATES,
)
from app.orders.numbers import in_groups
from app.orders.unusual import REASONS, REFUSED, WAITING
from app.stock.models import Warehouse

PAYMENT_METHODS = {REMITTANCE: _l("Offline remittance"), ONLINE: _l("Online payment")}


NOBODY = 0
"""The subject of an order that became anonymous: there is no such key."""


class Order(PersonalData, IdMixin, db.Model):
    """What a buyer pays at once. `number` is random and known only to its owner and to staff."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("account_id", "placing_key"),
        Index(None, "account_id", "placed_at"),
        Index(None, "state", "hold_until"),
        Index(None, "placed_at"),
        Index(None, "state", "placed_at"),
        Index(None, "paid_at"),
        Index(None, "cancelled_at"),
        Index(None, "balance_due_on"),
        Index(None, "anonymised_at", "province"),
        Index(None, "check_state", "placed_at"),
        CheckConstraint("total = goods + freight", name="total_adds_up"),
        CheckConstraint("0 <= deposit AND deposit <= total", name="deposit_within_total"),
        CheckConstraint("0 <= refunded AND refunded <= paid AND paid <= total", name="paid_within_total"),
        CheckConstraint("0 <= promised AND refunded + promised <= paid", name="gives_back_what_was_paid"),
        CheckConstraint("0 <= reduced AND reduced <= total", name="reduced_within_total"),
        CheckConstraint("paid - refunded - promised <= total - reduced", name="keeps_what_it_costs"),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True, info=impersonal("a random number"))
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id"), info=impersonal("whose order it is; nobody's once it is anonymous")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key the consignee is sealed"))
    consignee = personal(
        clause="1.1.3b",
        kind=Kind.CONSIGNEE,
        purposes={Purpose.SERVICE},
        keep=Keep.ORDERS,
        why=N_("where and to whom the order is delivered: receiving warehouse, consignee, address, mobile number"),
        required=True,
        json_value=True,
    )
    state: Mapped[str] = mapped_column(String(20), default=AWAITING_PAYMENT, info=impersonal("where the order stands"))
    payment_method: Mapped[str] = mapped_column(String(12), info=impersonal("way of payment"))
    goods: Mapped[Money] = mapped_column(MoneyType, info=impersonal("sum of the lines"))
    freight: Mapped[Money] = mapped_column(MoneyType, info=impersonal("sum of the parts' freight"))
    total: Mapped[Money] = mapped_column(MoneyType, info=impersonal("what is to be paid"))
    deposit: Mapped[Money] = mapped_column(MoneyType, info=impersonal("how much of it makes the order count as paid"))
    paid: Mapped[Money] = mapped_column(
        MoneyType, default=ZERO, server_default="0", info=impersonal("sum of the money applied to it")
    )
    refunded: Mapped[Money] = mapped_column(
        MoneyType, default=ZERO, server_default="0", info=impersonal("sum of the refunds made")
    )
    promised: Mapped[Money] = mapped_column(
        MoneyType, default=ZERO, server_default="0", info=impersonal("sum of what is approved to go back and has not")
    )
    reduced: Mapped[Money] = mapped_column(
        MoneyType, default=ZERO, server_default="0", info=impersonal("how much less it costs by approved refunds")
    )
    placing_key: Mapped[str] = mapped_column(String(64), info=impersonal("one key for each order form"))
    placing_digest: Mapped[str] = mapped_column(String(64), info=impersonal("keyed digest of what the form said"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    hold_until: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("until when goods are held unpaid"))
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    balance_due_on: Mapped[date | None] = mapped_column(Date, info=impersonal("until when the rest is due"))
    balance_reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    anonymised_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a month"))
    province: Mapped[str | None] = mapped_column(
        String(20), info=impersonal("of an anonymous order, where enough others share it")
    )
    kind: Mapped[str | None] = mapped_column(String(40), info=impersonal("of an anonymous order: its goods"))
    address_key: Mapped[bytes | None] = mapped_column(
        LargeBinary(32), info=impersonal("keyed digest of the address, by which one used before is known")
    )
    check_state: Mapped[str | None] = mapped_column(
        String(10), info=impersonal("whether a person had to look at it, and what came of it")
    )
    check_reasons: Mapped[str] = mapped_column(
        String(60), default="", server_default="", info=impersonal("codes of a closed list")
    )
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    was_thanked: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=false(), info=impersonal("whether the page that thanks was made once")
    )

    parts: Mapped[list["OrderPart"]] = relationship(
        back_populates="order", order_by="OrderPart.position", lazy="selectin"
    )
    events: Mapped[list["OrderEvent"]] = relationship(order_by="OrderEvent.at, OrderEvent.id")

    @property
    def is_anonymous(self) -> bool:
        """Whether its person was erased, or its keeping time is over (5.2.2c)."""
        return self.anonymised_at is not None

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        """The small mark beside the state, for `components/stock.html`."""
        return MARKS[self.state]

    @property
    def spoken_number(self) -> str:
        """The number in groups, as it is printed and read over the phone."""
        return in_groups(self.number)

    @property
    def lines(self) -> list["OrderLine"]:
        return [line for part in self.parts for line in part.lines]

    @property
    def payment_text(self) -> LazyString:
        """The way of payment, in words (1.1.3c)."""
        return PAYMENT_METHODS[self.payment_method]

    @property
    def is_unpaid(self) -> bool:
        return self.state == AWAITING_PAYMENT

    @property
    def net(self) -> Money:
        """What it costs after the refunds that were approved."""
        return self.total - self.reduced

    @property
    def kept(self) -> Money:
        """What was paid and neither went back nor is approved to go back. At most `net`."""
        return self.paid - self.refunded - self.promised

    @property
    def unpaid(self) -> Money:
        """How much more money the order can take at all."""
        return ZERO if self.state == CANCELLED else self.net - self.kept

    @property
    def can_be_called_off(self) -> bool:
        """Whether something of it is paid, has not left and is not called off."""
        waiting = [part for part in self.parts if part.state == AWAITING_SHIPMENT]
        return any(line.to_ship for part in waiting for line in part.lines)

    @property
    def awaits_balance(self) -> bool:
        """The deposit is there and the rest is not."""
        return not self.is_unpaid and bool(self.unpaid)

    @property
    def is_being_checked(self) -> bool:
        """A person has still to look at it; until then nothing of it leaves."""
        return self.check_state == WAITING and self.state != CANCELLED

    @property
    def is_refused(self) -> bool:
        """A person refused it; nothing of it leaves any more."""
        return self.check_state == REFUSED

    @property
    def reasons(self) -> list[LazyString]:
        """Why a person looks at it, in the words of the desk."""
        return [REASONS[code] for code in self.check_reasons.split()]

    @property
    def due_now(self) -> Money:
        """What the buyer is asked for now: the rest of the deposit, and once that is there the rest of the total."""
        return self.deposit - self.paid if self.is_unpaid else self.unpaid


class OrderPart(IdMixin, db.Model):
    """What leaves one warehouse under one delivery term. A part without warehouse is a service: done, not sent."""

    __tablename__ = "order_parts"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index(None, "state", "shipped_at"),
        Index(None, "late_from"),
        CheckConstraint("0 <= freight_claimed AND freight_claimed <= freight", name="freight_claimed_within_freight"),
    )

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default=AWAITING_PAYMENT)
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouses.id"))
    delivery: Mapped[str] = mapped_column(String(8))
    delivery_month: Mapped[str | None] = mapped_column(String(7))
    expected_month: Mapped[str | None] = mapped_column(String(7))
    """The later month that was announced; what was promised stays in `delivery_month`."""
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("futures_terms.id"))
    late_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on shipping is late by its terms."""
    goods: Mapped[Money] = mapped_column(MoneyType)
    freight: Mapped[Money] = mapped_column(MoneyType)
    freight_claimed: Mapped[Money] = mapped_column(MoneyType, default=ZERO, server_default="0")
    """What refunds that are asked for or approved take off the freight."""
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last of its parcels left."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(back_populates="parts")
    warehouse: Mapped[Warehouse | None] = relationship(lazy="joined")
    futures_terms: Mapped[FuturesTerms | None] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position", lazy="selectin")

    @property
    def terms(self) -> Terms | None:
        """What was promised of futures when they were bought."""
        return self.futures_terms.terms if self.futures_terms else None

    @property
    def coming_month(self) -> str | None:
        """In which shipping starts, as far as we have said."""
        return self.expected_month or self.delivery_month

    @property
    def is_service(self) -> bool:
        return self.warehouse_id is None

    @property
    def freight_left(self) -> Money:
        """Freight that no refund takes off."""
        return self.freight - self.freight_claimed

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS[self.state]


class OrderLine(IdMixin, db.Model):
    """A SKU as it was bought: name, price, VAT rate and figures of that moment, whatever its page says later."""

    __tablename__ = "order_lines"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("part_id", "position"),
        CheckConstraint("quantity > 0 AND amount = unit_price * quantity", name="amount_adds_up"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity", name="ships_what_was_bought"),
        CheckConstraint("0 <= claimed AND claimed <= amount", name="claimed_within_amount"),
        CheckConstraint(
            "halted >= 0 AND called_off >= 0 AND shipped + halted + called_off <= quantity", name="ships_what_is_wanted"
        ),
        CheckConstraint("0 <= returned AND returned <= shipped", name="returns_what_left"),
        CheckConstraint("0 <= came_back AND came_back <= shipped", name="only_what_left_comes_back"),
    )

    part_id: Mapped[int] = mapped_column(Id, ForeignKey("order_parts.id"))
    position: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"), index=True)
    sku_code: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(80))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(Integer)
    shipped: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Units that have left in parcels."""
    halted: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Units that somebody asks to call off: they do not leave until that is decided."""
    called_off: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Units that never leave: a refund took them off the order before."""
    returned: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Units that had left and for whose return a refund is asked for or approved."""
    came_back: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Units that had left and arrived here again."""
    claimed: Mapped[Money] = mapped_column(MoneyType, default=ZERO, server_default="0")
    """What refunds that are asked for or approved take off the amount."""
    unit_price: Mapped[Money] = mapped_column(MoneyType)
    amount: Mapped[Money] = mapped_column(MoneyType)
    vat_percent: Mapped[int] = mapped_column(Integer)
    condition: Mapped[str | None] = mapped_column(String(5))
    hashrate: Mapped[int | None] = mapped_column(BigInteger)
    """Of one unit, in base units; `hashrate_unit` is for show."""
    hashrate_unit: Mapped[str | None] = mapped_column(String(8))
    power_mw: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def to_ship(self) -> int:
        """Units that can still be sent."""
        return self.quantity - self.shipped - self.called_off - self.halted

    @property
    def is_open(self) -> bool:
        """Whether there are units that neither left nor were called off."""
        return self.shipped + self.called_off < self.quantity

    @property
    def amount_left(self) -> Money:
        """The amount that no refund takes off."""
        return self.amount - self.claimed

    def worth(self, units: int) -> Money:
        """What so many units cost today: their price, or their share of what earlier refunds have left of it."""
        left = self.quantity - self.called_off - self.halted - self.returned
        return self.amount_left.share(units, left) if 0 < units <= left else ZERO

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


class OrderEvent(IdMixin, db.Model):
    """What happened: by which role, and by whom as an audit reference; of money also how much. Never changed."""

    __tablename__ = "order_events"
    __personal__ = False

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(Id, ForeignKey("order_parts.id"))
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    role: Mapped[str] = mapped_column(String(20))
    actor: Mapped[int | None] = mapped_column(Id)
    amount: Mapped[Money | None] = mapped_column(MoneyType)

    @property
    def text(self) -> LazyString:
        return EVENTS[self.name]
