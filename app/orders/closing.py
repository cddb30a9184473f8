"""What orders hand to the closing of an account: those under way stand in its way, the others stay anonymous. 5.2.2."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.orders.anonymising import ENDED, anonymise, orders_to_anonymise
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order
from app.orders.numbers import in_groups
from app.privacy.closure_checks import closure_check
from app.privacy.erasing import when_erasing
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
