"""Finance issues an invoice, or says why it cannot. Two clerks at once: the second finds that it was done."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.database import transaction
from app.foundation.languages import money
from app.invoices.applying import end
from app.invoices.billing import bill_of
from app.invoices.documents import Paper, recorded
from app.invoices.models import Invoice, InvoiceLine
from app.invoices.queries import invoice_numbered
from app.invoices.states import REFUSALS, next_state
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, note


def issue(invoice_id: int, paper: Paper, by: Actor, at: datetime) -> Invoice:
    """Record the invoice as the tax authority's system made it, over what the order costs now. Tells the buyer.

    Raises InvoiceMoved, NotForYou, OtherAmount, OtherYear, ImpossibleDay, NumberKnown, NotFound.
    """
    with transaction() as session:
        invoice, order = lock_invoice(session, invoice_id)
        state = next_state("issue", invoice.state, by)
        bill = bill_of(session, order)
        with recorded(session, paper, invoice, bill.amount, invoice.applied_at, by, at) as document:
            lines = [
                InvoiceLine(invoice_id=invoice.id, position=number, **vars(position))
                for number, position in enumerate(bill.positions, 1)
            ]
            invoice.state, invoice.document = state, document
            invoice.amount, invoice.tax, invoice.lines = bill.amount, bill.tax, lines
            note(session, order, "invoice_issue", by, at, amount=bill.amount)
            tell_buyer(session, order, "invoice.issued", invoice=paper.number, amount=money(bill.amount))
    return invoice


def refuse(invoice_id: int, why: str, by: Actor, at: datetime) -> None:
    """Say that it cannot be issued as it was applied for, by a code of `REFUSALS`. Tells the buyer.

    Raises InvoiceMoved, NotForYou, NotFound.
    """
    if why not in REFUSALS:
        raise ValueError(why)
    with transaction() as session:
        invoice, order = lock_invoice(session, invoice_id)
        end(session, order, "refuse", why, by, at)
        tell_buyer(session, order, "invoice.refused")


def lock_invoice(session: Session, invoice_id: int) -> tuple[Invoice, Order]:
    """An invoice as it stands now and its order, which is locked: all that changes an invoice locks its order first.

    Raises NotFound.
    """
    order = lock_order(session, invoice_numbered(session, invoice_id).order_id)
    return invoice_numbered(session, invoice_id), order
