"""What orders hand to copy and closing: their lines; those under way stand in its way, the others stay. 5.2.2."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.orders.anonymising import ENDED, anonymise, orders_to_anonymise
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.numbers import in_groups
from app.privacy.closure_checks import closure_check
from app.privacy.erasing import when_erasing
from app.privacy.export import export_reader
from app.privacy.people import Person


@closure_check(
    "order_unpaid",
    reason=_l("An order is not paid yet."),
    advice=_l("Please cancel it, or pay and wait for the goods."),
    endpoint="orders.listing",
)
def unpaid_orders(session: Session, person: Person, at: datetime) -> Iterable[str]:
    mine = select(Order.number).where(Order.account_id == person.account_id, Order.state == AWAITING_PAYMENT)
    return [in_groups(number) for number in session.scalars(mine.order_by(Order.placed_at, Order.id))]


@closure_check(
    "order_open",
    reason=_l("An order is under way."),
    advice=_l("Please wait until it has arrived, and confirm the receipt."),
    endpoint="orders.listing",
)
def open_orders(session: Session, person: Person, at: datetime) -> Iterable[str]:
    under_way = Order.state.not_in((AWAITING_PAYMENT, *ENDED))
    mine = select(Order.number).where(Order.account_id == person.account_id, under_way)
    return [in_groups(number) for number in session.scalars(mine.order_by(Order.placed_at, Order.id))]


@when_erasing
def leave_orders_anonymous(session: Session, person: Person, at: datetime) -> Counter[str]:
    keys = list(session.scalars(orders_to_anonymise(person.account_id)))
    return Counter(orders=anonymise(session, keys, at))


@export_reader("order_lines")
def lines_ordered(session: Session, person: Person) -> Iterable[dict[str, Any]]:
    """What was bought in each order, for the copy of a person's data."""
    lines = (
        select(Order.number, OrderPart.delivery, OrderLine)
        .join(OrderPart, OrderPart.id == OrderLine.part_id)
        .join(Order, Order.id == OrderPart.order_id)
        .where(Order.account_id == person.account_id)
        .order_by(Order.placed_at, OrderPart.position, OrderLine.position)
    )
    for number, delivery, line in session.execute(lines):
        yield {
            "order": number, "delivery": delivery, "sku": line.sku_code, "name": line.name_en,
            "quantity": line.quantity, "unit_price": line.unit_price, "amount": line.amount,
            "vat_percent": line.vat_percent,
        }  # fmt: skip
