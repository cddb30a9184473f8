"""The signed undertakings of the staff, and which of them are in force. Clause 5.1.2b."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.privacy.policy import deadline


class StaffUndertaking(IdMixin, db.Model):
    """A signed undertaking of confidentiality. Of the paper only the digest of its scan is kept."""

    __tablename__ = "staff_undertakings"
    __personal__ = False

    account_ref: Mapped[int] = mapped_column(Id, index=True)
    """The audit reference of whoever signed."""
    scan_hash: Mapped[str] = mapped_column(String(64))
    signed_on: Mapped[date] = mapped_column(Date)
    trained_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    """The last day on which it is in force."""
    recorded_by: Mapped[int | None] = mapped_column(Id)
    """None: recorded on the server's command line."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_in_force(self, on: date) -> bool:
        return self.withdrawn_at is None and max(self.signed_on, self.trained_on) <= on <= self.ends_on

    def ends_soon(self, on: date) -> bool:
        """Whether it is in force, and the days before its end in which is warned have begun."""
        return self.is_in_force(on) and self.ends_on < on + deadline("agreement.warning")


def undertaking_of(session: Session, account_ref: int, on: date) -> StaffUndertaking | None:
    """The undertaking of somebody that is in force on a day; of several the one that ends last."""
    return undertakings_of(session, [account_ref], on).get(account_ref)


def undertakings_of(session: Session, account_refs: Iterable[int], on: date) -> dict[int, StaffUndertaking]:
    """By audit reference the undertaking in force on a day, in one query."""
    wanted = select(StaffUndertaking).where(StaffUndertaking.account_ref.in_(list(account_refs)))
    rows = session.scalars(wanted.order_by(StaffUndertaking.ends_on, StaffUndertaking.id))
    return {row.account_ref: row for row in rows if row.is_in_force(on)}
