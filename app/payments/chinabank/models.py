"""Attempts to pay an order online, and what the institution said about them. Nothing about a person (1.1.4b)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.money import Money, MoneyType
from app.orders.models import Order
from app.payments.chinabank.protocol import LONGEST_FIELD, SIGNED_FIELDS, Word

OPEN, PAID, FAILED = "open", "paid", "failed"
NOTICE, RETURN, QUERY = "notice", "return", "query"
UNJUDGED = "unjudged"


class PaymentAttempt(IdMixin, db.Model):
    """One way to the institution's page, with an order number and an amount of its own there; never used again.

    `next_ask_at` is when the institution is asked about it next, None once nothing more is to be learned.
    """

    __tablename__ = "payment_attempts"
    __personal__ = False
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id"))
    number: Mapped[int] = mapped_column(Integer)
    oid: Mapped[str] = mapped_column(String(LONGEST_FIELD), unique=True)
    amount: Mapped[Money] = mapped_column(MoneyType)
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    asked: Mapped[int] = mapped_column(Integer, default=0)

    order: Mapped[Order] = relationship()


class GatewayMessage(IdMixin, db.Model):
    """A message as it came, before anything is believed: signed fields, signature, digest of the whole body.

    `verdict` is a word of `judging.VERDICTS`; `seen_by` the audit reference of whoever settled it at the desk.
    """

    __tablename__ = "gateway_messages"
    __personal__ = False
    __table_args__ = (Index(None, "verdict", "received_at"), Index(None, "received_at"))

    came_by: Mapped[str] = mapped_column(String(6))
    v_oid: Mapped[str] = mapped_column(String(LONGEST_FIELD), index=True)
    v_pstatus: Mapped[str] = mapped_column(String(LONGEST_FIELD))
    v_amount: Mapped[str] = mapped_column(String(LONGEST_FIELD))
    v_moneytype: Mapped[str] = mapped_column(String(LONGEST_FIELD))
    v_md5str: Mapped[str] = mapped_column(String(LONGEST_FIELD))
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(String(16), default=UNJUDGED)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[int | None] = mapped_column(Id)

    attempt: Mapped[PaymentAttempt | None] = relationship(
        primaryjoin=lambda: GatewayMessage.v_oid == PaymentAttempt.oid,
        foreign_keys=lambda: GatewayMessage.v_oid,
        viewonly=True,
    )

    @property
    def word(self) -> Word:
        return Word(**{name: getattr(self, name) for name in SIGNED_FIELDS})
