"""Wires refunds: what the buyer's order page shows of them, notices, sums to prove, and what is told of each day."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.database import db
from app.foundation.notices import register_notices
from app.orders.models import Order
from app.refunds import closing, day_totals, proving  # noqa: F401 - keeping, days told, sums of the nightly proof
from app.refunds.models import Refund
from app.refunds.queries import refunds_of


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["refunds_of"] = _refunds_of
    register_notices(
        {
            "refund_asked": ("good", _l("You asked for this refund. We look at it and tell you what we decide.")),
            "refund_withdrawn": ("good", _l("You took the request back. The order stands as before.")),
        }
    )


def _refunds_of(order: Order) -> list[Refund]:
    """The refunds of an order, for its pages."""
    return refunds_of(db.session(), [order.id])
