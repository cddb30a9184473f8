"""What a buyer of futures is promised: deposit, balance, days of grace, and compensation for delay.

The terms of a SKU are shown before it is bought and written to the order, which keeps them whatever is offered later.
The month that futures name is the month in which shipping starts.
"""

from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import db
from app.foundation.money import ZERO, Money


@dataclass(frozen=True)
class Terms:
    """`deposit_percent` of the goods makes the order firm; the rest is due `balance_days` before the month begins.

    Shipping that starts later than `grace_days` after the month's end costs us `daily_bp` ten-thousandths of the
    goods' price for each day, together at most `cap_percent` of it.
    """

    deposit_percent: int
    balance_days: int
    grace_days: int
    daily_bp: int
    cap_percent: int

    def deposit_of(self, goods: Money) -> Money:
        """In whole fen, half a fen rounded up."""
        return goods.share(self.deposit_percent, 100)

    def balance_due_on(self, month: str) -> date:
        """The last day on which the balance may arrive, of futures of a month such as 2027-03."""
        return first_of(month) - timedelta(days=self.balance_days)

    def promised_by(self, month: str) -> date:
        """The last day on which shipping costs us nothing."""
        return _last_of(month) + timedelta(days=self.grace_days)

    def compensation(self, goods: Money, promised_by: date, left_on: date, settled_on: date | None) -> Money:
        """What we owe for goods that left on a day, or have not left yet on it; in whole fen, half a fen rounded up.

        Days before the balance was there do not count; while it is not there, none do.
        """
        if settled_on is None:
            return ZERO
        days = (left_on - max(promised_by, settled_on)).days
        return min(goods.share(max(days, 0) * self.daily_bp, 10_000), goods.share(self.cap_percent, 100))


STANDARD = Terms(deposit_percent=30, balance_days=7, grace_days=10, daily_bp=5, cap_percent=5)
"""What demonstration offers promise."""


class FuturesTerms(db.Model):
    """Terms that were offered once. Never changed: other terms are another row."""

    __tablename__ = "futures_terms"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("deposit_percent", "balance_days", "grace_days", "daily_bp", "cap_percent"),
        CheckConstraint("deposit_percent BETWEEN 1 AND 100 AND cap_percent BETWEEN 0 AND 100", name="percentages"),
        CheckConstraint("balance_days >= 0 AND grace_days >= 0 AND daily_bp >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    deposit_percent: Mapped[int] = mapped_column(Integer)
    balance_days: Mapped[int] = mapped_column(Integer)
    grace_days: Mapped[int] = mapped_column(Integer)
    daily_bp: Mapped[int] = mapped_column(Integer)
    cap_percent: Mapped[int] = mapped_column(Integer)

    @property
    def terms(self) -> Terms:
        return Terms(*(getattr(self, field.name) for field in fields(Terms)))


def terms_id(session: Session, terms: Terms) -> int:
    """The row of these terms, made where nobody offered them before. In the caller's transaction."""
    wanted = dict(zip((field.name for field in fields(Terms)), astuple(terms), strict=True))
    known = session.scalar(select(FuturesTerms.id).filter_by(**wanted))
    if known is not None:
        return known
    row = FuturesTerms(**wanted)
    session.add(row)
    session.flush()
    return row.id


def first_of(month: str) -> date:
    """The first day of a month such as 2027-03."""
    return date.fromisoformat(f"{month}-01")


def _last_of(month: str) -> date:
    return (first_of(month) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
