"""Applying for an order's invoice, once unless all was red-lettered; and taking the application back."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.invoices.models import SPECIAL, Invoice
from app.invoices.queries import live_invoice
from app.invoices.states import APPLIED, WITHDRAWN, InvoiceMoved, next_state
from app.invoices.titles import Title, add_title, is_declared_company
from app.orders.lifecycle import AWAITING_PAYMENT, CANCELLED, Actor
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, note


class NotToInvoice(BusinessError):
    """The order is not paid in full, was cancelled, or costs nothing any more."""

    message = _l("An invoice can be applied for once the whole order is paid.")


class InvoiceThere(BusinessError):
    """An order has one invoice."""

    message = _l("An invoice for this order is applied for or issued already.")


class TitleLacks(BusinessError):
    """A special invoice prints more of its title than this one holds."""

    message = _l(
        "A special invoice needs a company with tax number, registered address, telephone, bank and account number."
    )
    status = 422


@dataclass(frozen=True)
class Wish:
    """What a buyer applies for; `keep`: the title is also kept for the next time."""

    kind: str
    title: Title
    keep: bool = False


def may_be_invoiced(order: Order) -> bool:
    """Whether the order is paid in full, and something of it was not refunded."""
    return order.state not in (AWAITING_PAYMENT, CANCELLED) and not order.unpaid and bool(order.net)


def apply(order_id: int, wish: Wish, by: Actor, at: datetime) -> Invoice:
    """Ask finance for the invoice; the title is copied. Tells the buyer.

    Raises NotToInvoice, InvoiceThere, TitleLacks, and TooManyTitles where the title is to be kept too.
    """
    if wish.kind == SPECIAL and not wish.title.fits_special:
        raise TitleLacks
    with transaction() as session:
        order = lock_order(session, order_id)
        if not may_be_invoiced(order) or order.account_id is None:
            raise NotToInvoice
        if live_invoice(session, order.id):
            raise InvoiceThere
        invoice = Invoice(
            order_id=order.id,
            subject_id=order.subject_id,
            kind=wish.kind,
            title=wish.title.block(),
            is_declared=is_declared_company(session, order.account_id, wish.title),
            state=APPLIED,
            applied_at=at,
        )
        session.add(invoice)
        if wish.keep:
            add_title(order.account_id, order.subject_id, wish.title, at)
        note(session, order, "invoice_apply", by, at)
        tell_buyer(session, order, "invoice.applied")
    return invoice


def withdraw(order_id: int, by: Actor, at: datetime) -> None:
    """The buyer takes an application back that was not issued yet. Raises InvoiceMoved, NotForYou."""
    with transaction() as session:
        order = lock_order(session, order_id)
        end(session, order, "withdraw", WITHDRAWN, by, at)


def end(session: Session, order: Order, move: str, why: str, by: Actor, at: datetime, *, books: bool = False) -> None:
    """End the application of a locked order. Raises InvoiceMoved, NotForYou."""
    invoice = live_invoice(session, order.id)
    if invoice is None:
        raise InvoiceMoved
    invoice.state = next_state(move, invoice.state, None if books else by)
    invoice.why, invoice.ended_at = why, at
    note(session, order, "invoice_end", by, at)
