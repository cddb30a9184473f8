"""Putting machines into a cart, changing how many, taking them out. The same acts for guests and members.

A quantity that cannot be ordered becomes the nearest one that can; the answer says so, and the page shows it.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.cart.fitting import fit
from app.cart.holding import Cart
from app.catalog.offered import OfferedSku, offered_skus
from app.foundation.errors import BusinessError
from app.stock.queries import left_in_total


class NotForSale(BusinessError):
    """Unknown, not published, withdrawn or without a price."""

    message = _l("This machine is not on sale at the moment.")
    status = 404


class CartFull(BusinessError):
    """Another line does not go in."""

    message = _l("The cart holds no more lines. Please order or remove some first.")


def add(session: Session, cart: Cart, sku_id: int | None, quantity: int, at: datetime) -> str:
    """Add units to what the cart holds of a SKU; returns `added`, or `raised` or `lowered` where it had to fit.

    Raises NotForSale, CartFull, TooFewLeft.
    """
    sku = _on_sale(session, sku_id)
    held = {line.sku_id: line.quantity for line in cart.lines()}
    if sku.id not in held and len(held) >= cart.most_lines:
        raise CartFull
    return _put(session, cart, sku, held.get(sku.id, 0) + quantity, at) or "added"


def change(session: Session, cart: Cart, sku_id: int | None, quantity: int, at: datetime) -> str:
    """Set how many units of a SKU the cart holds, 0 to take it out; returns `changed`, `removed`, `raised`, `lowered`.

    Raises NotForSale, TooFewLeft. A SKU that is not in the cart stays out.
    """
    if quantity == 0 and sku_id is not None:
        return remove(cart, sku_id)
    sku = _on_sale(session, sku_id)
    if sku.id not in {line.sku_id for line in cart.lines()}:
        return "changed"
    return _put(session, cart, sku, quantity, at) or "changed"


def remove(cart: Cart, sku_id: int) -> str:
    """Take a SKU out, whatever became of it. Safe to repeat."""
    cart.remove([sku_id])
    return "removed"


def left_for(session: Session, sku: OfferedSku) -> int | None:
    """Free units of a SKU; None where it needs none."""
    return None if sku.needs_no_parcel else left_in_total(session, [sku.id])[sku.id]


def _put(session: Session, cart: Cart, sku: OfferedSku, wanted: int, at: datetime) -> str | None:
    quantity = fit(wanted, sku.moq, left_for(session, sku))
    cart.put(sku.id, quantity, sku.price, at)
    if quantity == wanted:
        return None
    return "raised" if quantity > wanted else "lowered"


def _on_sale(session: Session, sku_id: int | None) -> OfferedSku:
    sku = offered_skus(session, [sku_id]).get(sku_id) if sku_id is not None else None
    if sku is None or not sku.is_on_sale:
        raise NotForSale
    return sku
