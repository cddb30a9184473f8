"""Disputes by who may ask for them: a member's own, the desk's lists, one that nobody else changes meanwhile."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from app.disputes.lifecycle import DRAFT, LIVE, SENT
from app.disputes.models import Dispute
from app.foundation.errors import NotFound
from app.orders.numbers import order_number_in


def own_dispute(session: Session, account_id: int, number: str) -> Dispute:
    """A member's own dispute. Raises NotFound for nobody's number and for somebody else's alike."""
    return _one(session, select(Dispute).where(Dispute.account_id == account_id), number)


def dispute_numbered(session: Session, number: str) -> Dispute:
    """Any dispute that was sent, for staff who may read them. Raises NotFound: drafts are the member's own."""
    return _one(session, select(Dispute).where(Dispute.state != DRAFT), number)


def disputes_of(account_id: int) -> Select[Dispute]:
    """A member's disputes, the newest first."""
    return select(Dispute).where(Dispute.account_id == account_id).order_by(Dispute.begun_at.desc(), Dispute.id)


def unsettled_of(session: Session, account_id: int) -> int:
    """How many disputes of a member are drafts or live."""
    mine = select(func.count()).where(Dispute.account_id == account_id, Dispute.state.in_((DRAFT, *LIVE)))
    return session.scalar(mine) or 0


def disputes_in(state: str) -> Select[Dispute]:
    """For the desk: disputes in a state by when they were sent, the oldest first; without a state all sent ones."""
    rows = select(Dispute).where(Dispute.state == state) if state else select(Dispute).where(Dispute.state != DRAFT)
    return rows.order_by(Dispute.sent_at, Dispute.id)


def disputes_waiting() -> Select[Dispute]:
    """Disputes that wait for our answer."""
    return disputes_in(SENT)


def locked(session: Session, dispute_id: int) -> Dispute:
    """The dispute and its other side as they are now, nobody else changing them. Raises NotFound."""
    wanted = select(Dispute).where(Dispute.id == dispute_id).with_for_update()
    dispute = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if dispute is None:
        raise NotFound
    return dispute


def _one(session: Session, among: Select[Dispute], number: str) -> Dispute:
    wanted = order_number_in(number)
    rows = among.where(Dispute.number == wanted).options(selectinload(Dispute.entries), selectinload(Dispute.links))
    found = session.scalars(rows).one_or_none() if wanted else None
    if found is None:
        raise NotFound
    return found
