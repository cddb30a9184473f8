"""What was put into the cart, told by the page that is shown right after. Clauses 1.2.1(4), 2.10.

The press of "add to cart" ends in a redirect, whose address carries a signed token: which SKU, which second, and a
random number for this one press. The page counts the product as put in if the token is less than a minute old and the
SKU lies in the cart that is shown. The random number becomes the nonce of the page's ticket, so however often the page
is reloaded, gone back to, or opened elsewhere by its address, the press counts once; such a repetition is no further
view of the cart either. Pressing again is another press. A browser that refuses to be counted gets no token.
"""

import secrets
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from app.cart.contents import Contents
from app.foundation.clock import epoch_seconds
from app.foundation.encryption import signing_keys

SHOWN_WITHIN_SECONDS = 60


class PutIn(NamedTuple):
    """What the page's ticket tells: the product, and the nonce of the press."""

    slug: str
    nonce: int


def put_in_token(sku_id: int) -> str:
    """For the address of the cart page, after a unit of this SKU was put in."""
    return str(_signer().dumps([sku_id, int(epoch_seconds()), secrets.randbits(63) or 1]))


def put_in_just_now(token: str, contents: Contents) -> PutIn | None:
    """What a token says was put in; None for anything but a fresh token about something that lies in the cart."""
    try:
        sku_id, second, nonce = _signer().loads(token[:200])
    except (BadData, ValueError):
        return None
    if abs(epoch_seconds() - second) > SHOWN_WITHIN_SECONDS:
        return None
    slugs = (item.sku.slug for item in contents.items if item.sku.id == sku_id)
    slug = next(slugs, None)
    return PutIn(slug, nonce) if slug else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(signing_keys("cart.put-in"))), salt="cart.put-in")
