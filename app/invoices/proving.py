"""Invoices are proven from their rows and against their orders: every night, and whenever somebody asks."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.foundation.alarms import clear, sound
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.money import ZERO, Money, MoneyType
from app.invoices.models import Invoice, InvoiceLine, RedLetter, RedLetterLine
from app.invoices.states import DROPPED, ISSUED, REVERSALS
from app.orders.models import Order

ALARM = "invoices"


@dataclass(frozen=True)
class Difference:
    """A sum that its rows do not prove. `of` names it; `key` is the id of an invoice or red-letter invoice."""

    of: str
    key: int
    stored: Money
    proven: Money


def differences(session: Session) -> list[Difference]:
    """Empty is well: blue is the sum of its lines, red too, and blue less red is what the order costs."""
    of_invoice, of_red = (Invoice.id, InvoiceLine.invoice_id), (RedLetter.id, RedLetterLine.red_letter_id)
    checks = (
        ("invoice.amount", _unlike_lines(*of_invoice, Invoice.amount, InvoiceLine.amount)),
        ("invoice.tax", _unlike_lines(*of_invoice, Invoice.tax, InvoiceLine.tax)),
        ("red.amount", _unlike_lines(*of_red, RedLetter.amount, RedLetterLine.amount)),
        ("red.tax", _unlike_lines(*of_red, RedLetter.tax, RedLetterLine.tax)),
        ("order.cost", _unlike_orders()),
    )
    return [Difference(of, *row) for of, query in checks for row in session.execute(query)]


@every(seconds=24 * 3600, name="invoices.prove")
def prove_invoices() -> None:
    """Let an alarm stand while anything differs."""
    found = differences(db.session())
    with transaction() as session:
        if found:
            sound(session, ALARM, now(), rows=[[each.of, each.key] for each in found[:50]])
        else:
            clear(session, ALARM)


def _unlike_lines(
    key: InstrumentedAttribute[int], owner: InstrumentedAttribute[int], stored: Any, part: InstrumentedAttribute[Money]
) -> Select[Any]:
    summed = select(owner.label("key"), func.sum(part).label("amount")).group_by(owner).subquery()
    proven = _or_nothing(summed.c.amount)
    return select(key, stored, proven).outerjoin(summed, summed.c.key == key).where(stored != proven).order_by(key)


def _unlike_orders() -> Select[int, Any, Any]:
    """Issued invoices, but for those that are being taken back as a whole."""
    standing = (RedLetter.state != DROPPED, RedLetter.invoice_id == Invoice.id)
    red = select(func.sum(RedLetter.amount)).where(*standing).correlate(Invoice).scalar_subquery()
    is_going = select(RedLetter.id).where(*standing, RedLetter.why.in_(REVERSALS)).correlate(Invoice).exists()
    left: ColumnElement[Any] = Invoice.amount - _or_nothing(red)
    costs: ColumnElement[Any] = Order.total - Order.reduced
    issued = select(Invoice.id, left, costs).join(Invoice.order).where(Invoice.state == ISSUED, ~is_going)
    return issued.where(left != costs).order_by(Invoice.id)


def _or_nothing(amount: ColumnElement[Any]) -> ColumnElement[Money]:
    return func.coalesce(amount, literal(ZERO, MoneyType()))
