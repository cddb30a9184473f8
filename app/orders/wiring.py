"""Wires orders: notices, and the duties of `balancing`, `cancelling`, `checking`, `receiving` and `telling`."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices
from app.foundation.outbound import declare_request
from app.measurement.purchases import orders_are_read_by
from app.orders import (  # noqa: F401 - their duties, rules and checks
    anonymising,
    balancing,
    cancelling,
    checking,
    closing,
    receiving,
    telling,
)
from app.orders.queries import buyer_of
from app.orders.thanking import bought_at_first_sight


def init_slice(app: Flask) -> None:
    declare_request(r"[0-9]{12}", buyer_of)
    orders_are_read_by(app, bought_at_first_sight)
    register_notices(
        {
            "order_cancelled_by_you": ("good", _l("The order is cancelled and its units are free again.")),
            "receipt_confirmed": ("good", _l("Receipt is confirmed. Thank you.")),
            "order_moved": ("caution", _l("The order has moved on in the meantime. Here is its present state.")),
        }
    )
