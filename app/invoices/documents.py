"""Documents of blue and red invoices: sealed under the buyer's key, numbered once, read by buyer and finance.

The sealed file is there before the row that names it is committed, so no row names a file that is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import read_private, remove_private, store_private
from app.invoices.models import Invoice, InvoiceDocument, RedLetter
from app.invoices.numbers import is_of_year
from app.invoices.pdf import CheckedPdf
from app.orders.lifecycle import Actor


class NumberKnown(BusinessError):
    """No two invoices have one number."""

    message = _l("An invoice with this number is recorded already.")


class OtherYear(BusinessError):
    """A digital number begins with the year of its day."""

    message = _l("The number and the day are of different years: a digital number begins with the year.")
    status = 422


class ImpossibleDay(BusinessError):
    """The invoice cannot have been issued on that day."""

    message = _l("An invoice is issued after it was applied for, and not in the future.")
    status = 422


class OtherAmount(BusinessError):
    """The document says another amount than the books, perhaps because of a refund in the meantime."""

    message = _l("The invoice must be over exactly the amount shown here, VAT included. It may have changed just now.")
    status = 422


@dataclass(frozen=True)
class Paper:
    """What the tax authority's system made: its number (`numbers.invoice_number_in`), day, amount and PDF."""

    number: str
    issued_on: date
    amount: Money
    pdf: CheckedPdf


@contextmanager
def recorded(
    session: Session, paper: Paper, of: Invoice, amount: Money, since: datetime, by: Actor, at: datetime
) -> Iterator[InvoiceDocument]:
    """The document as a row whose file is stored; if anything fails inside the block, the file goes again.

    `amount`: what it must say; `since`: when it was asked for.
    Raises OtherAmount, OtherYear, ImpossibleDay, NumberKnown.
    """
    _check(paper, amount, since, at)
    name = store_private(of.subject_id, paper.pdf.content)
    try:
        document = InvoiceDocument(
            subject_id=of.subject_id,
            number=paper.number,
            issued_on=paper.issued_on,
            file=name,
            recorded_at=at,
            recorded_by=by.audit_ref,
        )
        try:
            with session.begin_nested():
                session.add(document)
        except IntegrityError:
            raise NumberKnown from None
        yield document
    except BaseException:
        remove_private(name)
        raise


def own_document(session: Session, order_id: int, document_id: int) -> InvoiceDocument:
    """A blue or red invoice of this order. Raises NotFound."""
    blue = select(Invoice.document_id).where(Invoice.order_id == order_id)
    red = select(RedLetter.document_id).join(RedLetter.invoice).where(Invoice.order_id == order_id)
    either = InvoiceDocument.id.in_(blue) | InvoiceDocument.id.in_(red)
    found = session.scalars(select(InvoiceDocument).where(InvoiceDocument.id == document_id, either)).one_or_none()
    if found is None:
        raise NotFound
    return found


def content_of(document: InvoiceDocument) -> bytes:
    """The PDF, for its buyer. Raises NotFound where the file is lost or the person was erased."""
    try:
        with purpose(Purpose.SERVICE):
            return read_private(document.subject_id, document.file)
    except (FileNotFoundError, KeyDestroyed):
        raise NotFound from None


def content_for_staff(document: InvoiceDocument, order_number: str, by: Actor) -> bytes:
    """The PDF, for finance; the look is written into the ledger. Raises NotFound."""
    content = content_of(document)
    with transaction():
        record("invoice.read", actor=by.audit_ref, order=order_number, invoice=document.number)
    return content


def _check(paper: Paper, amount: Money, since: datetime, at: datetime) -> None:
    if paper.amount != amount:
        raise OtherAmount
    if not since.astimezone(SHANGHAI).date() <= paper.issued_on <= at.astimezone(SHANGHAI).date():
        raise ImpossibleDay
    if not is_of_year(paper.number, paper.issued_on):
        raise OtherYear
