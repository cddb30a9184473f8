"""How many lines the cart of this request has, for every page's header."""

from flask import g, request
from flask_login import current_user

from app.cart.holding import GuestCart, lines_of_member
from app.foundation.database import db


def cart_count() -> int:
    """Lines in the cart: from the cookie for guests, one look into an index for members; asked once a request."""
    if "cart_count" not in g:
        member = current_user.is_authenticated
        note_count(
            lines_of_member(db.session(), current_user.id) if member else len(GuestCart.sent_with(request).lines())
        )
    return int(g.cart_count)


def note_count(lines: int) -> None:
    """Spare the question on a page that has read the cart anyway."""
    g.cart_count = lines
