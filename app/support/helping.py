"""The help pages, ordered by the reader's role and open orders. Clause 2.2."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.orders.lifecycle import (
    AWAITING_PAYMENT,
    AWAITING_RECEIPT,
    AWAITING_SHIPMENT,
    CANCELLED,
    COMPLETED,
    ONLINE,
    REMITTANCE,
)
from app.orders.models import Order, OrderPart

TOPICS = {
    "buying": _l("How buying works"),
    "remitting": _l("How to pay by remittance"),
    "online": _l("How to pay online"),
    "futures": _l("Futures and balances"),
    "delivery": _l("Delivery and freight"),
    "after-sales": _l("Warranty and after-sales"),
    "refunds": _l("Cancelling and refunds"),
    "invoices": _l("Invoices"),
    "privacy": _l("Your account and your data"),
    "browsers": _l("Browsers"),
}
"""In the order in which a stranger reads them; each has a text in each language in `templates/support/help`."""

BY_ROLE = {
    "clerk": ("delivery", "after-sales", "refunds"),
    "finance": ("remitting", "online", "refunds", "invoices"),
    "manager": ("privacy", "refunds"),
}
PAYING = {REMITTANCE: "remitting", ONLINE: "online"}
BY_STATE = {
    AWAITING_SHIPMENT: ("delivery", "refunds", "invoices"),
    AWAITING_RECEIPT: ("delivery", "after-sales"),
    COMPLETED: ("after-sales", "invoices"),
}
STILL_FRESH = timedelta(days=30)
"""A completed order counts as open for this long: its invoice and first faults come up now."""


def topics_for(session: Session, reader: Account | None, at: datetime) -> list[str]:
    """Every topic once: first what the reader's open orders wait for, then what belongs to the role, then the rest."""
    if reader is None:
        return list(TOPICS)
    kinds = sorted(session.execute(open_orders(reader.id, at)).tuples(), key=_urgency)
    wanted = [topic for kind in kinds for topic in _of_order(*kind)]
    return list(dict.fromkeys([*wanted, *BY_ROLE.get(reader.role, ()), *TOPICS]))


def open_orders(account_id: int, at: datetime) -> Select[str, str, bool]:
    """The kinds of open orders of a member, each once: state of a part, way of payment, whether it is a future."""
    fresh = or_(Order.state != COMPLETED, Order.completed_at > at - STILL_FRESH)
    mine = (Order.account_id == account_id, Order.state != CANCELLED, OrderPart.state != CANCELLED, fresh)
    kinds = select(OrderPart.state, Order.payment_method, OrderPart.delivery_month.is_not(None))
    return kinds.join(OrderPart.order).where(*mine).distinct()


def _of_order(state: str, method: str, is_future: bool) -> tuple[str, ...]:
    first = (PAYING[method],) if state == AWAITING_PAYMENT else ()
    future = ("futures",) if is_future and state in (AWAITING_PAYMENT, AWAITING_SHIPMENT) else ()
    return (*first, *future, *BY_STATE.get(state, ()))


def _urgency(kind: tuple[str, str, bool]) -> tuple[int, str, bool]:
    """Unpaid orders first, whose time runs; completed ones last. Equal kinds stand in the same order every time."""
    state, method, is_future = kind
    return (AWAITING_PAYMENT, AWAITING_SHIPMENT, AWAITING_RECEIPT, COMPLETED).index(state), method, is_future
