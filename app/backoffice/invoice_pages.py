"""How finance reads the title of an invoice: masked in lists, whole on its draft sheet, each look on the ledger."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.personal_data import Purpose, purpose
from app.invoices.models import Invoice
from app.invoices.titles import Title
from app.orders.lifecycle import Actor

EVENT = "invoice.title_read"


class TitleErased(BusinessError):
    """The person closed the account: the title can no longer be read by anybody."""

    message = _l("This person's data was erased. The title can no longer be read.")
    status = 410


def masked_titles(invoices: Iterable[Invoice]) -> dict[int, str]:
    """By invoice the name it is made out to, its middle replaced; a dash once the person's data was erased."""
    return {invoice.id: _masked(invoice) for invoice in invoices}


def title_for_staff(session: Session, invoice: Invoice, by: Actor) -> Title:
    """The whole title, to be typed into the tax authority's system; the look is written into the ledger.

    Raises TitleErased.
    """
    subject = session.scalar(select(Account.audit_ref).where(Account.id == invoice.order.account_id))
    try:
        with transaction(), purpose(Purpose.SERVICE):
            record(EVENT, actor=by.audit_ref, subject=subject, order=invoice.order.number)
            return Title.of(invoice.title)
    except KeyDestroyed:
        raise TitleErased from None


def _masked(invoice: Invoice) -> str:
    try:
        return Title.of(Invoice.title.read(invoice)).masked_name
    except KeyDestroyed:
        return "—"
