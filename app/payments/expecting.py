"""An order is to be paid by remittance: its code is made in the transaction that decides so."""

from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.orders.models import Order
from app.orders.numbers import new_remittance_code
from app.payments.models import Remittance


def expect_remittance(session: Session, order: Order) -> Remittance:
    """Give an order the code under which its money will arrive."""
    remittance = Remittance(order_id=order.id, code=new_remittance_code(), amount=order.total)
    append(session, remittance)
    return remittance
