"""What the institution says is kept first, then judged, then applied at most once. Clauses 1.1.4b, 1.1.5a; FLOWS.md 2.

Keeping and judging are two transactions: a process that dies between them leaves an unjudged message, which the
sweeper finds. Applying is decided under the order's lock, by the attempt's state and the receipt's unique reference.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.jobs import every, one_by_one
from app.orders.lifecycle import CANCELLED, INSTITUTION, Actor
from app.orders.moving import lock_order
from app.payments.applying import receive
from app.payments.chinabank.gateway import gateway_of
from app.payments.chinabank.judging import DISTRUST, VERDICTS, fault_in
from app.payments.chinabank.models import FAILED, OPEN, PAID, RETURN, UNJUDGED, GatewayMessage, PaymentAttempt
from app.payments.chinabank.protocol import PAID as SAYS_PAID
from app.payments.chinabank.protocol import SIGNED_FIELDS, Merchant, Word
from app.payments.models import BY_CHINABANK
from app.settings import current_settings

FORGED_KEPT = timedelta(days=30)
LEFT_BEHIND = timedelta(seconds=5)
AT_ONCE = 200


def listen(word: Word, body: bytes, came_by: str, at: datetime) -> int:
    """Keep a message; gives its id. Of the body only a digest stays, whatever else stood in it (1.1.4b)."""
    said = {name: getattr(word, name) for name in SIGNED_FIELDS}
    message = GatewayMessage(came_by=came_by, digest=sha256(body).hexdigest(), received_at=at, **said)
    with transaction() as session:
        session.add(message)
    return message.id


def judge(message_id: int, merchant: Merchant, at: datetime) -> str:
    """Give a kept message its verdict and do what it says. Safe to repeat, and to call at once for many copies."""
    order_id = db.session.scalar(
        select(PaymentAttempt.order_id)
        .join(GatewayMessage, GatewayMessage.v_oid == PaymentAttempt.oid)
        .where(GatewayMessage.id == message_id)
    )
    with transaction() as session:
        if order_id is not None:
            lock_order(session, order_id)
        message = session.get_one(GatewayMessage, message_id, with_for_update=True, populate_existing=True)
        if message.verdict == UNJUDGED:
            message.verdict = _verdict(session, message, merchant, at)
        return message.verdict


def settle(message_id: int, by: Actor, at: datetime) -> None:
    """A person has dealt with a message that nobody could book. Safe to repeat. Raises NotFound."""
    with transaction() as session:
        message = session.get(GatewayMessage, message_id, with_for_update=True)
        if message is None:
            raise NotFound
        if message.seen_at is None:
            message.seen_at, message.seen_by = at, by.audit_ref
            record("payment.message_settled", actor=by.audit_ref, attempt=message.v_oid, verdict=message.verdict)


@every(seconds=5, name="payments.judge_left_behind")
def judge_left_behind() -> int:
    """Judge what was kept by a process that died before judging it; returns how many."""
    at, merchant = now(), gateway_of(current_settings()).merchant
    left = select(GatewayMessage.id).where(GatewayMessage.verdict == UNJUDGED)
    ids = db.session.scalars(left.where(GatewayMessage.received_at <= at - LEFT_BEHIND).limit(AT_ONCE)).all()
    return one_by_one(ids, lambda message_id: bool(judge(message_id, merchant, at)))


@every(seconds=3600, name="payments.forget_forged")
def forget_forged() -> None:
    """Messages that anybody may have sent go after thirty days; what the institution signed is kept with the books."""
    anybodys = [code for code, verdict in VERDICTS.items() if verdict.kind == DISTRUST]
    old = delete(GatewayMessage).where(GatewayMessage.verdict.in_(anybodys))
    with transaction() as session:
        session.execute(old.where(GatewayMessage.received_at < now() - FORGED_KEPT))


def _verdict(session: Session, message: GatewayMessage, merchant: Merchant, at: datetime) -> str:
    mine = select(PaymentAttempt).where(PaymentAttempt.oid == message.v_oid).with_for_update()
    attempt = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if fault := fault_in(message.word, merchant, attempt.amount if attempt else None):
        return fault
    assert attempt  # noqa: S101 - a word about no attempt has a fault
    if message.came_by == RETURN:
        if attempt.state == OPEN:
            attempt.next_ask_at = at
        return "shown"
    if message.v_pstatus == SAYS_PAID:
        return _book(session, attempt, at)
    return _note_failure(attempt, at)


def _book(session: Session, attempt: PaymentAttempt, at: datetime) -> str:
    """The money is there: onto the order with it, or onto the pile of what no order can take."""
    if attempt.state == PAID:
        return "repeated"
    day = at.astimezone(SHANGHAI).date()
    received = receive(session, BY_CHINABANK, attempt.oid, attempt.amount, day, attempt.order_id, INSTITUTION, at)
    attempt.state, attempt.settled_at, attempt.next_ask_at = PAID, at, None
    if received.applied == attempt.amount:
        return "applied"
    return "late" if received.order.state == CANCELLED else "surplus"


def _note_failure(attempt: PaymentAttempt, at: datetime) -> str:
    if attempt.state != OPEN:
        return "contradicts" if attempt.state == PAID else "repeated"
    attempt.state, attempt.settled_at, attempt.next_ask_at = FAILED, at, None
    return "failed"
