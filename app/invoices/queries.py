"""Invoices of an order, and what waits for finance."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.foundation.counting import count_by
from app.foundation.errors import NotFound
from app.invoices.models import Invoice, RedLetter
from app.invoices.states import APPLIED, LIVE, OWED, STATES
from app.orders.models import Order


def invoices_of(session: Session, order_id: int) -> list[Invoice]:
    """All of an order, the newest first."""
    mine = select(Invoice).where(Invoice.order_id == order_id)
    return list(session.scalars(mine.order_by(Invoice.applied_at.desc(), Invoice.id)))


def live_invoice(session: Session, order_id: int) -> Invoice | None:
    """The one that is applied for or issued, as it stands now. For acts, after they have locked the order."""
    mine = select(Invoice).where(Invoice.order_id == order_id, Invoice.state.in_(LIVE))
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def invoice_numbered(session: Session, invoice_id: int) -> Invoice:
    """Any invoice with its order, for finance. Raises NotFound."""
    wanted = select(Invoice).where(Invoice.id == invoice_id).options(joinedload(Invoice.order))
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def invoices_in(state: str) -> Select[Invoice]:
    """For the desk: applications oldest first, all others newest first, each with its order."""
    rows = select(Invoice).join(Invoice.order).where(Invoice.state == state).options(contains_eager(Invoice.order))
    by_time = Invoice.applied_at if state == APPLIED else Invoice.applied_at.desc()
    return rows.order_by(by_time, Invoice.id)


def red_letters_owed() -> Select[RedLetter]:
    """For the desk: what is still to be red-lettered, oldest first, each with invoice and order."""
    rows = select(RedLetter).join(RedLetter.invoice).join(Invoice.order).where(RedLetter.state == OWED)
    whole = contains_eager(RedLetter.invoice)
    return rows.options(whole, whole.contains_eager(Invoice.order)).order_by(RedLetter.asked_at, RedLetter.id)


def counts_by_state(session: Session) -> dict[str, int]:
    """How many invoices stand in each state, and how many red-letter invoices are owed."""
    return count_by(session, Invoice.state, STATES) | count_by(session, RedLetter.state, [OWED])


def awaits_invoice() -> ColumnElement[bool]:
    """Of orders: an invoice is applied for and not issued (待开票)."""
    return Order.id.in_(select(Invoice.order_id).where(Invoice.state == APPLIED))
