"""What of invoices stands in the way of closing an account, and what is kept afterwards and why. 5.1.3b, 5.2.2a-b.

Accounting law asks for invoices for ten years: number, day, sums and lines stay in the books. Title and PDF lie under
the buyer's key and go with it at closure; what the law wants of them is held sealed for two people (`privacy.holding`).
Of an account that stays open they are blanked when the ten years are over.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.personal_data import Keep
from app.foundation.uploads import remove_private
from app.invoices.models import Invoice, InvoiceDocument, RedLetter
from app.invoices.states import APPLIED, OWED
from app.orders.anonymising import month_of, when_anonymised
from app.orders.models import Order
from app.orders.numbers import in_groups
from app.privacy.closure_checks import closure_check
from app.privacy.keeping import began_before, keeps
from app.privacy.people import Person

NOBODY = {"subject_id": 0}


@closure_check(
    "invoice_open",
    reason=_l("An invoice is still to be issued or red-lettered."),
    advice=_l("Please wait for it, or take the application back on the page of the order."),
    endpoint="orders.listing",
)
def open_invoices(session: Session, person: Person, at: datetime) -> Iterable[str]:
    owing = select(RedLetter.invoice_id).where(RedLetter.state == OWED)
    mine = select(Order.number).join(Invoice, Invoice.order_id == Order.id).distinct()
    still_open = mine.where(Order.account_id == person.account_id, (Invoice.state == APPLIED) | Invoice.id.in_(owing))
    return [in_groups(number) for number in session.scalars(still_open.order_by(Order.number))]


@when_anonymised
def cut_invoices(session: Session, order_ids: Sequence[int], at: datetime) -> None:
    """When somebody applied goes down to the month; the day of the document stays, as in the tax authority's books."""
    for invoice in session.scalars(select(Invoice).where(Invoice.order_id.in_(order_ids))):
        invoice.applied_at = month_of(invoice.applied_at)
        invoice.ended_at = invoice.ended_at and month_of(invoice.ended_at)
        for red in invoice.reds:
            red.asked_at = month_of(red.asked_at)


def _old_titles(at: datetime) -> Select[Any]:
    return select(Invoice.id).where(Invoice.applied_at < began_before(Keep.ACCOUNTING, at), Invoice.subject_id != 0)


@keeps("invoice_titles_used", Keep.ACCOUNTING, Invoice, overdue=_old_titles)
def forget_titles(session: Session, ids: list[int], at: datetime) -> None:
    """To whom it was made out is blanked; its sums stay."""
    session.execute(update(Invoice).where(Invoice.id.in_(ids)).values(title_sealed=b"", **NOBODY))


def _old_documents(at: datetime) -> Select[Any]:
    end = began_before(Keep.ACCOUNTING, at).astimezone(SHANGHAI).date()
    return select(InvoiceDocument.id).where(InvoiceDocument.issued_on < end, InvoiceDocument.subject_id != 0)


@keeps("invoice_documents", Keep.ACCOUNTING, InvoiceDocument, overdue=_old_documents)
def forget_documents(session: Session, ids: list[int], at: datetime) -> None:
    """The file goes first: a name whose file is gone does no harm."""
    for document in session.scalars(select(InvoiceDocument).where(InvoiceDocument.id.in_(ids))):
        remove_private(InvoiceDocument.file.read(document))
    session.execute(update(InvoiceDocument).where(InvoiceDocument.id.in_(ids)).values(file_sealed=b"", **NOBODY))
