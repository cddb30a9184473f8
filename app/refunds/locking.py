"""A refund as it stands now: its order or receipt is locked first, as everywhere."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.errors import NotFound
from app.orders.moving import lock_order
from app.payments.applying import lock_receipt
from app.refunds.models import Refund


def lock_refund(session: Session, refund_id: int) -> Refund:
    """The refund, which nobody else can move until the caller's transaction ends. Raises NotFound."""
    known = session.get(Refund, refund_id)
    if known is None:
        raise NotFound
    if known.order_id:
        lock_order(session, known.order_id)
    if known.receipt:
        lock_receipt(session, known.receipt)
    wanted = select(Refund).where(Refund.id == refund_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()
