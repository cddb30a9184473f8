"""Whoever of the staff sees whole personal data has signed for it and was trained. Clause 5.1.2b.

A manager records the signed undertaking; nobody records their own. Without one in force the desks show masks only.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.undertakings import StaffUndertaking
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.two_people import Person, who_may

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
