"""Which page an order is paid on."""

from typing import Any

from flask import url_for

from app.orders.lifecycle import ONLINE, REMITTANCE
from app.orders.models import Order

_PAGES = {REMITTANCE: "payments.remittance", ONLINE: "payments.online"}


def payment_page(order: Order, **more: Any) -> str:
    """The address of the page on which this order is paid, by its way of payment."""
    return url_for(_PAGES[order.payment_method], number=order.number, **more)
