"""Finding attempts, and the messages that wait for a person."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.foundation.errors import NotFound
from app.orders.models import Order
from app.payments.chinabank.judging import DECIDE, DISTRUST, VERDICTS
from app.payments.chinabank.models import GatewayMessage, PaymentAttempt

TO_DECIDE, DISTRUSTED, EVERY = "decide", "distrust", "all"


def attempt_numbered(session: Session, order: Order, number: int) -> PaymentAttempt:
    """An attempt of this order. Raises NotFound."""
    mine = select(PaymentAttempt).where(PaymentAttempt.order_id == order.id, PaymentAttempt.number == number)
    attempt = session.scalars(mine).one_or_none()
    if attempt is None:
        raise NotFound
    return attempt


def attempt_with(session: Session, oid: str) -> PaymentAttempt | None:
    """The attempt that the institution knows by this number, with its order."""
    query = select(PaymentAttempt).where(PaymentAttempt.oid == oid).options(joinedload(PaymentAttempt.order))
    return session.scalars(query).one_or_none()


def messages(show: str) -> Select[GatewayMessage]:
    """For the desk: what a person must decide, oldest first; else what anybody may have sent, or all, newest first."""
    query = select(GatewayMessage).options(joinedload(GatewayMessage.attempt).joinedload(PaymentAttempt.order))
    if show == TO_DECIDE:
        waiting = GatewayMessage.verdict.in_(_of_kind(DECIDE)), GatewayMessage.seen_at.is_(None)
        return query.where(*waiting).order_by(GatewayMessage.received_at, GatewayMessage.id)
    if show == DISTRUSTED:
        query = query.where(GatewayMessage.verdict.in_(_of_kind(DISTRUST)))
    return query.order_by(GatewayMessage.received_at.desc(), GatewayMessage.id)


def _of_kind(kind: str) -> list[str]:
    return [code for code, verdict in VERDICTS.items() if verdict.kind == kind]
