"""Refunds as the desk, the order's pages and the counting house ask for them."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.foundation.counting import count_by
from app.foundation.errors import NotFound
from app.payments.models import Receipt
from app.refunds.models import Refund, RefundFreight, RefundLine
from app.refunds.vocabulary import STATES


def refunds_in(state: str | None) -> Select[Refund]:
    """Refunds in a state, or all: of what waits the longest waiting first, of what is decided the newest first."""
    order = Refund.asked_at if state in ("asked", "approved") else Refund.asked_at.desc()
    rows = select(Refund).options(joinedload(Refund.order), joinedload(Refund.receipt).joinedload(Receipt.meant_order))
    return (rows.where(Refund.state == state) if state else rows).order_by(order, Refund.id)


def count_by_state(session: Session) -> dict[str, int]:
    """How many refunds stand in each state, zero included."""
    return count_by(session, Refund.state, STATES)


def refund_numbered(session: Session, number: str) -> Refund:
    """A refund with all that its page shows. Raises NotFound."""
    whole = select(Refund).where(Refund.number == number).options(*_WHOLE)
    refund = session.scalars(whole).one_or_none()
    if refund is None:
        raise NotFound
    return refund


def refunds_of(session: Session, order_ids: Collection[int]) -> list[Refund]:
    """The refunds of these orders, oldest first; a handful of queries however many there are."""
    mine = select(Refund).where(Refund.order_id.in_(order_ids)).options(*_WHOLE)
    return list(session.scalars(mine.order_by(Refund.asked_at, Refund.id)))


_WHOLE = (
    joinedload(Refund.order),
    joinedload(Refund.payee),
    joinedload(Refund.receipt).joinedload(Receipt.meant_order),
    selectinload(Refund.lines).joinedload(RefundLine.line),
    selectinload(Refund.freight_rows).joinedload(RefundFreight.part),
)
