"""How a dispute ends: the other side's links open nothing, contacts go, and whoever must know is told. 4.1.1(5)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import tell
from app.disputes.finding import locked
from app.disputes.lifecycle import EXPIRE, MOVES, OPEN
from app.disputes.models import Dispute
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.jobs import every, one_by_one
from app.foundation.languages import DEFAULT_LANGUAGE
from app.foundation.personal_data import Purpose, purpose
from app.notifications.notifying import Addressee, notify


class DisputeMoved(BusinessError):
    """It was decided, withdrawn or closed in the meantime."""


def move(dispute: Dispute, name: str, actor: int | None) -> None:
    """Move a locked dispute, with evidence. Raises DisputeMoved where it does not stand where the move begins."""
    if not dispute.may(name):
        raise DisputeMoved
    dispute.state = MOVES[name][dispute.state]
    record(f"dispute.{dispute.state}", actor=actor, subject=dispute.audit_ref, number=dispute.number)


def end(session: Session, dispute: Dispute, name: str, actor: int | None, at: datetime) -> None:
    """Move a locked dispute to its end. The other side is told if it was brought in. Raises DisputeMoved."""
    move(dispute, name, actor)
    dispute.ended_at = at
    dispute.contact = dispute.side.contact = None
    for link in dispute.links:
        link.revoked_at = link.revoked_at or at
    if dispute.accepted_at is not None:
        tell_other_side(session, dispute, "dispute.over", dispute=dispute.number)


def tell_member(session: Session, dispute: Dispute, code: str) -> None:
    """On the site and by SMS."""
    member = session.get(Account, dispute.account_id)
    if member is not None:
        tell(session, member, code, dispute=dispute.number)


def tell_other_side(session: Session, dispute: Dispute, code: str, /, **values: str) -> None:
    """By SMS to the number that the member named: for a request of its own, through the gate as every SMS."""
    side = dispute.side
    with purpose(Purpose.SERVICE):
        to = Addressee(side.subject_id, DEFAULT_LANGUAGE, side.mobile, audit_ref=side.audit_ref)
    notify(session, to, code, **values)


@every(seconds=60, name="disputes.expire", apart=True)
def expire_all() -> int:
    """End disputes whose time is over; returns how many."""
    over = select(Dispute.id).where(Dispute.state == OPEN, Dispute.expires_at <= now())
    return one_by_one(db.session.scalars(over).all(), _expire)


def _expire(dispute_id: int) -> int:
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if dispute.is_open_at(now()) or not dispute.may(EXPIRE):
            return 0
        end(session, dispute, EXPIRE, None, now())
        tell_member(session, dispute, "dispute.ended")
    return 1
