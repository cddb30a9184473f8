"""What a step of a refund is told to: the order's timeline, the ledger of evidence, the buyer, and slices above."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.languages import money
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.moving import note
from app.refunds.hooks import refund_moved
from app.refunds.models import Refund


def tell(session: Session, refund: Refund, step: str, by: Actor, at: datetime) -> None:
    """Say that a refund was `asked`, `approved`, `refused` or `paid`, in the caller's transaction.

    Of paid money the amount is what went back; nobody is told of a payment where none was due.
    """
    amount = refund.pays_back if step == "paid" else refund.amount
    record(f"refund.{step}", actor=by.audit_ref, refund=refund.number, amount=str(amount), reason=refund.reason)
    order = refund.order or (refund.receipt.meant_order if refund.receipt else None)
    if order and (amount or step != "paid"):
        note(session, order, f"refund_{step}", by, at, amount=amount)
        tell_buyer(session, order, f"order.refund_{step}", amount=money(amount))
    if refund.order:
        refund_moved(session, refund, by, at)
