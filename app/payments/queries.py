"""What money is expected."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from app.orders.models import Order
from app.orders.numbers import remittance_code_in
from app.orders.queries import awaiting_remittance
from app.payments.models import Remittance


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
