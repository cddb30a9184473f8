"""What money is expected, and what arrived that no order has used."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.foundation.errors import NotFound
from app.orders.models import Order
from app.orders.numbers import remittance_code_in
from app.orders.queries import awaiting_remittance
from app.payments.models import Allocation, Receipt, Remittance


def remittance_of(session: Session, order_id: int) -> Remittance:
    """The remittance expected for an order that is paid this way."""
    return session.scalars(select(Remittance).where(Remittance.order_id == order_id)).one()


def expected_remittances() -> Select[Remittance]:
    """For the finance desk: remittances of unpaid orders with their orders, the hold that ends first on top."""
    unpaid = awaiting_remittance().subquery()
    return (
        select(Remittance)
        .join(Remittance.order)
        .where(Order.id.in_(select(unpaid.c.id)))
        .options(contains_eager(Remittance.order))
        .order_by(Order.hold_until, Order.id)
    )


def remittance_coded(session: Session, text: str) -> Remittance | None:
    """The remittance whose code a clerk typed or copied from a statement; None for a code with a wrong digit too."""
    code = remittance_code_in(text)
    return session.scalars(select(Remittance).where(Remittance.code == code)).one_or_none() if code else None


def unapplied() -> Select[Receipt]:
    """Receipts of which something is applied to no order, oldest first, each with the order that it was meant for."""
    with_rest = select(Receipt).where(Receipt.amount > Receipt.applied + Receipt.returned)
    return with_rest.options(joinedload(Receipt.meant_order)).order_by(Receipt.recorded_at, Receipt.id)


def receipt_with_orders(session: Session, receipt_id: int) -> Receipt:
    """A receipt and every order that it pays for. Raises NotFound."""
    paid_orders = selectinload(Receipt.allocations).joinedload(Allocation.order)
    whole = select(Receipt).where(Receipt.id == receipt_id).options(joinedload(Receipt.meant_order), paid_orders)
    receipt = session.scalars(whole.execution_options(populate_existing=True)).one_or_none()
    if receipt is None:
        raise NotFound
    return receipt


def receipts_for(session: Session, order_id: int) -> list[Receipt]:
    """The money that arrived for an order or is applied to it, oldest first."""
    applied = select(Allocation.receipt_id).where(Allocation.order_id == order_id)
    mine = (Receipt.meant_for == order_id) | Receipt.id.in_(applied)
    return list(session.scalars(select(Receipt).where(mine).order_by(Receipt.recorded_at, Receipt.id)))
