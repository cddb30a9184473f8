"""Red-letter invoices (红字发票): owed since a refund, or since finance takes back a whole invoice; then recorded.

What is owed counts as taken back at once, so that an invoice less its red ones is always what the order costs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.languages import money
from app.foundation.money import Money
from app.invoices.billing import TakenOff
from app.invoices.documents import Paper, recorded
from app.invoices.issuing import lock_invoice
from app.invoices.models import Invoice, InvoiceLine, RedLetter, RedLetterLine
from app.invoices.states import DROPPED, ISSUED, REVERSALS, InvoiceMoved, NotForYou, may_issue, next_state
from app.invoices.vat import tax_taken_back
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.moving import note


class NothingLeft(BusinessError):
    """All of the invoice is or will be red-lettered."""

    message = _l("All of this invoice is red-lettered, or will be.")


@dataclass(frozen=True)
class Left:
    """What of a line is still invoiced."""

    line: InvoiceLine
    quantity: int
    amount: Money
    tax: Money


def left_of(invoice: Invoice) -> list[Left]:
    """By line what is neither red-lettered nor owed so; lines of which nothing is left too."""
    taken = [each for red in invoice.standing_reds for each in red.lines]
    found = []
    for line in invoice.lines:
        mine = [each for each in taken if each.invoice_line_id == line.id]
        amount = line.amount - Money.total(each.amount for each in mine)
        tax = line.tax - Money.total(each.tax for each in mine)
        found.append(Left(line, line.quantity - sum(each.quantity for each in mine), amount, tax))
    return found


def owe(session: Session, invoice: Invoice, taken: Iterable[TakenOff], why: str, by: Actor, at: datetime) -> RedLetter:
    """Note that so much of an issued invoice, more than nothing, is to be red-lettered; its order is locked.

    Raises KeyError or ValueError where more would be taken back than is left: then the books are wrong.
    """
    by_line = {(left.line.order_line_id, left.line.part_id): left for left in left_of(invoice)}
    lines = []
    for each in taken:
        if each.amount:
            left = by_line[each.order_line_id, each.part_id]
            tax = tax_taken_back(left.amount, left.tax, each.amount)
            lines.append(
                RedLetterLine(invoice_line_id=left.line.id, quantity=each.quantity, amount=each.amount, tax=tax)
            )
    red = RedLetter(
        invoice_id=invoice.id,
        why=why,
        amount=Money.total(line.amount for line in lines),
        tax=Money.total(line.tax for line in lines),
        asked_at=at,
        lines=lines,
    )
    invoice.reds.append(red)
    note(session, invoice.order, "invoice_red_owed", by, at, amount=red.amount)
    return red


def owe_whole(invoice_id: int, why: str, by: Actor, at: datetime) -> RedLetter:
    """Finance takes back all that is left of an issued invoice, by a code of `REVERSALS`; what was owed goes into it.

    Raises NotForYou, InvoiceMoved, NothingLeft, NotFound.
    """
    if why not in REVERSALS:
        raise ValueError(why)
    if not may_issue(by):
        raise NotForYou
    with transaction() as session:
        invoice, _ = lock_invoice(session, invoice_id)
        if invoice.state != ISSUED:
            raise InvoiceMoved
        if not any(left.amount for left in left_of(invoice)):
            raise NothingLeft
        for red in invoice.reds:
            if red.is_owed:
                red.state = DROPPED
        rest = [
            TakenOff(left.line.order_line_id, left.line.part_id, left.quantity, left.amount)
            for left in left_of(invoice)
        ]
        return owe(session, invoice, rest, why, by, at)


def record_red(invoice_id: int, red_id: int, paper: Paper, by: Actor, at: datetime) -> RedLetter:
    """Record a red-letter invoice that was owed. When all of its invoice is taken back, a new one may be applied for.

    Tells the buyer. Raises NotForYou, InvoiceMoved, OtherAmount, OtherYear, ImpossibleDay, NumberKnown, NotFound.
    """
    if not may_issue(by):
        raise NotForYou
    with transaction() as session:
        invoice, order = lock_invoice(session, invoice_id)
        red = next((each for each in invoice.reds if each.id == red_id), None)
        if red is None:
            raise NotFound
        if not red.is_owed:
            raise InvoiceMoved
        with recorded(session, paper, invoice, red.amount, red.asked_at, by, at) as document:
            red.state, red.document = ISSUED, document
            if all(not left.amount for left in left_of(invoice)) and not any(each.is_owed for each in invoice.reds):
                invoice.state, invoice.ended_at = next_state("reverse", invoice.state, None), at
            note(session, order, "invoice_red", by, at, amount=red.amount)
            tell_buyer(session, order, "invoice.red", invoice=paper.number, amount=money(red.amount))
    return red
