"""What an approved refund does to the order's invoice, in the refund's own transaction: no clerk has to remember it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.invoices.applying import end
from app.invoices.billing import taken_off_by
from app.invoices.queries import live_invoice
from app.invoices.reddening import owe
from app.invoices.states import ISSUED, NOTHING_LEFT, REFUNDED
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.refunds.hooks import when_refund_moves
from app.refunds.models import Refund
from app.refunds.vocabulary import APPROVED


@when_refund_moves
def follow_refund(session: Session, refund: Refund, by: Actor, at: datetime) -> None:
    """What is taken off an issued invoice is owed as a red-letter invoice. What is not issued yet will be over less;
    where nothing is left to invoice its application ends, and the buyer is told."""
    if refund.state != APPROVED or refund.order is None:
        return
    invoice = live_invoice(session, refund.order.id)
    if invoice is None:
        return
    if invoice.state == ISSUED:
        if refund.amount:
            owe(session, invoice, taken_off_by(refund), REFUNDED, by, at)
    elif not refund.order.net:
        end(session, refund.order, "lapse", NOTHING_LEFT, by, at, books=True)
        tell_buyer(session, refund.order, "invoice.lapsed")
