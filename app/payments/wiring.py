"""Wires payments: notices, marks on messages, what becomes of money when its order ends, the hourly proof."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.clock import now
from app.foundation.notices import register_notices
from app.orders.models import Order
from app.payments import anonymising, applying, closing, proving  # noqa: F401 - what ends with an order, a duty
from app.payments.bank import deciding, importing  # noqa: F401 - what ends with an approval, and duties
from app.payments.changing_way import HoldWouldBeOver, other_way
from app.payments.chinabank import asking, listening  # noqa: F401 - their duties
from app.payments.commands import payment_commands
from app.payments.elsewhere import words_of_offers
from app.payments.ways import payment_page


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["payment_page"] = payment_page
    app.jinja_env.globals["other_way"] = _other_way
    app.jinja_env.filters["offered_elsewhere"] = words_of_offers
    app.cli.add_command(payment_commands)
    register_notices(
        {
            "return_not_readable": (
                "caution",
                _l("The payment institution's page sent something that could not be read. What is paid appears here."),
            ),
            "online_too_late": ("caution", HoldWouldBeOver.message),
            "way_changed": (
                "good",
                _l("The way of payment is changed. What is under way by the former one still counts."),
            ),
            "voucher_kept": ("good", _l("The voucher is kept, encrypted. Finance will match it with the remittance.")),
            "voucher_removed": ("good", _l("The voucher was deleted.")),
        }
    )


def _other_way(order: Order) -> str | None:
    """The other way in which this order can still be paid now."""
    return other_way(order, now())
