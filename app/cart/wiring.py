"""Wires the cart: its count in every header, its notices, its duties."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.cart.views import cart_count
from app.foundation.notices import register_notices


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["cart_count"] = cart_count
    register_notices(
        {
            "added": ("good", _l("It is in your cart.")),
            "changed": ("good", _l("The quantity was changed.")),
            "removed": ("good", _l("The line was removed.")),
            "raised": ("caution", _l("The quantity was raised to the minimum order.")),
            "lowered": ("caution", _l("Fewer are left than you asked for. The quantity was lowered to what there is.")),
            "merged": ("info", _l("What you had put into the cart before signing in is here too.")),
            "merged_fitted": (
                "caution",
                _l("What you had put into the cart before signing in is here too, as far as it can be ordered."),
            ),
            "unmerged": ("good", _l("Your cart is as it was before you signed in.")),
            "check_cart": ("caution", _l("Something in your cart changed. Please look at the marked lines.")),
            "empty_cart": ("info", _l("Your cart is empty, so there is nothing to check out.")),
            "stale": (
                "caution",
                _l("Nothing was changed, because the page was open for too long. Please press again."),
            ),
        }
    )
