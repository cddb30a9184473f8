"""Whoever of the staff sees whole personal data has signed for it and was trained. Clause 5.1.2b.

A manager records the signed undertaking; nobody records their own. Without one in force the desks show masks only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.two_people import Person, who_may
from app.privacy.policy import deadline

MANAGE = "staff.manage"
LONGEST_YEARS = 2
"""An undertaking is signed anew, after training anew, after two years at the latest."""


class NotYourOwn(BusinessError):
    """Somebody else has to record it."""

    message = _l("Another manager has to record your own undertaking.")
    status = 403


class LastsWrongly(BusinessError):
    """It ends before today, before it was signed, or years too late."""

    message = _l("The undertaking has to end after today, and two years after it was signed at the latest.")
    status = 422


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


@dataclass(frozen=True)
class Signed:
    """What the paper says: the digest of its scan, when it was signed, the training, and the last day."""

    scan_hash: str
    signed_on: date
    trained_on: date
    ends_on: date


def record_undertaking(account: Account, paper: Signed, by: Person, at: datetime) -> StaffUndertaking:
    """A manager records what somebody else signed. Raises NotAllowed, NotYourOwn, NotFound, LastsWrongly."""
    manager = who_may(by, MANAGE)
    if manager == account.audit_ref:
        raise NotYourOwn
    return keep_undertaking(account, paper, at, recorded_by=manager)


def keep_undertaking(account: Account, paper: Signed, at: datetime, *, recorded_by: int | None) -> StaffUndertaking:
    """The same, from the command line, for the first manager of a shop. Raises NotFound, LastsWrongly."""
    if not account.is_staff:
        raise NotFound
    latest = paper.signed_on.replace(year=paper.signed_on.year + LONGEST_YEARS, day=min(paper.signed_on.day, 28))
    if paper.ends_on < at.astimezone(SHANGHAI).date() or not paper.signed_on <= paper.ends_on <= latest:
        raise LastsWrongly
    with transaction() as session:
        row = StaffUndertaking(account_ref=account.audit_ref, recorded_by=recorded_by, recorded_at=at, **vars(paper))
        session.add(row)
        facts = {"scan": paper.scan_hash, "trained": paper.trained_on.isoformat(), "ends": paper.ends_on.isoformat()}
        record("undertaking.recorded", actor=recorded_by, subject=account.audit_ref, **facts)
    return row


def withdraw_undertakings(account: Account, by: Person, at: datetime) -> int:
    """End every undertaking of somebody at once; says how many. Raises NotAllowed."""
    manager = who_may(by, MANAGE)
    with transaction() as session:
        mine = select(StaffUndertaking).where(
            StaffUndertaking.account_ref == account.audit_ref, StaffUndertaking.withdrawn_at.is_(None)
        )
        ended = session.scalars(mine.with_for_update()).all()
        for row in ended:
            row.withdrawn_at = at
        if ended:
            record("undertaking.withdrawn", actor=manager, subject=account.audit_ref)
        return len(ended)


def undertaking_of(session: Session, account_ref: int, on: date) -> StaffUndertaking | None:
    """The undertaking of somebody that is in force on a day; of several the one that ends last."""
    return undertakings_of(session, [account_ref], on).get(account_ref)


def undertakings_of(session: Session, account_refs: Iterable[int], on: date) -> dict[int, StaffUndertaking]:
    """By audit reference the undertaking in force on a day, in one query."""
    wanted = select(StaffUndertaking).where(StaffUndertaking.account_ref.in_(list(account_refs)))
    rows = session.scalars(wanted.order_by(StaffUndertaking.ends_on, StaffUndertaking.id))
    return {row.account_ref: row for row in rows if row.is_in_force(on)}
