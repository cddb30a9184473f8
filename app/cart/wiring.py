"""Wires the cart: its count in every header, its notices, its duties, and the merge at every way of signing in."""

from flask import Flask, Response, after_this_request, request
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.accounts.signing_in import on_sign_in
from app.cart.counting import cart_count
from app.cart.holding import GuestCart
from app.cart.merging import merge
from app.foundation.clock import now
from app.foundation.cookies import delete_cookie
from app.foundation.notices import register_notices


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["cart_count"] = cart_count
    on_sign_in(_take_guest_cart_along)
    register_notices(
        {
            "added": ("good", _l("It is in your cart.")),
            "not_kept": ("caution", _l("Your browser keeps no cookies, and a cart needs one until you sign in.")),
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


def _take_guest_cart_along(account: Account) -> list[str]:
    """Merge the cart of this browser into the account's; the cookie has served its purpose."""
    guest = GuestCart.sent_with(request)
    if not guest.lines():
        return []
    code = merge(account.id, guest, now())
    after_this_request(_without_cart_cookie)
    return [code] if code else []


def _without_cart_cookie(response: Response) -> Response:
    delete_cookie(response, "cart")
    return response
