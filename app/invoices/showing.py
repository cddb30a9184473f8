"""What pages show of an order's invoices: titles are read here, in their purpose, so that no template opens one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.foundation.personal_data import Purpose, purpose
from app.invoices.applying import may_be_invoiced
from app.invoices.models import Invoice
from app.invoices.queries import invoices_of
from app.invoices.states import LIVE
from app.invoices.titles import Title
from app.orders.models import Order


@dataclass(frozen=True)
class InvoicesShown:
    """The invoices of one's own order, the newest first, and whether another can be applied for now."""

    invoices: list[tuple[Invoice, Title]]
    may_apply: bool

    @property
    def live(self) -> Invoice | None:
        """The one that is applied for or issued."""
        return next((invoice for invoice, _ in self.invoices if invoice.state in LIVE), None)


def invoices_shown(session: Session, order: Order) -> InvoicesShown:
    """For the buyer of the order."""
    found = invoices_of(session, order.id)
    with purpose(Purpose.SERVICE):
        titled = [(invoice, Title.of(invoice.title)) for invoice in found]
    is_free = not any(invoice.state in LIVE for invoice in found)
    return InvoicesShown(titled, is_free and may_be_invoiced(order))
