"""What arrived and no order used goes back: asked for, approved and paid like any refund. FLOWS.md 2, 3."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.orders.lifecycle import Actor
from app.orders.numbers import new_order_number
from app.payments.applying import lock_receipt
from app.payments.models import Receipt
from app.refunds.errors import NotThatMuchPaid
from app.refunds.models import Refund
from app.refunds.payees import Account, payee_for
from app.refunds.people import ASK, check
from app.refunds.telling import tell
from app.refunds.vocabulary import SURPLUS


def ask_surplus(
    session: Session, receipt_id: int, amount: Money, by: Actor, at: datetime, *, payee: Account | None = None
) -> Refund:
    """Ask that so much of a receipt's rest goes back; no order can use it meanwhile. In the caller's transaction.

    Raises NotThatMuchPaid, MoveNotAllowed, NotFound.
    """
    check(by, ASK)
    receipt = session.get(Receipt, receipt_id)
    if receipt is None:
        raise NotFound
    lock_receipt(session, receipt)
    if not ZERO < amount <= receipt.rest:
        raise NotThatMuchPaid
    receipt.returned += amount
    refund = Refund(
        number=new_order_number(), receipt_id=receipt.id, reason=SURPLUS, amount=amount, asked_at=at,
        asked_by=by.audit_ref, asked_as=by.role,
    )  # fmt: skip
    if payee:
        refund.payee_id = payee_for(session, refund, receipt.meant_order, payee, by, at).id
    append(session, refund)
    tell(session, refund, "asked", by, at)
    return refund
