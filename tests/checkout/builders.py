"""Buyers with an address and a cart, and orders as the checkout makes them."""

from typing import Any

from app.accounts.models import Account
from app.cart.holding import MemberCart
from app.catalog.models import Sku
from app.checkout.addresses import Consignee, add_address
from app.checkout.models import Address
from app.checkout.placing import Buyer, place_order
from app.checkout.reviewing import review
from app.foundation.clock import now
from app.foundation.database import db, new_id
from app.orders.lifecycle import REMITTANCE
from app.orders.models import Order
from tests.accounts.builders import an_account
from tests.stock.builders import a_stocked_sku

CONSIGNEE = {
    "warehouse": "鄂尔多斯一号仓",
    "consignee": "张三丰",
    "address": "内蒙古自治区鄂尔多斯市东胜区示例路 8 号",
    "mobile": "+8613800138000",
}


def an_address(account: Account, **fields: str) -> Address:
    return add_address(account.id, account.subject_id, Consignee(**{**CONSIGNEE, **fields}), now())


def as_buyer(account: Account) -> Buyer:
    return Buyer(account.id, account.subject_id, account.audit_ref)


def in_cart(account: Account, sku: Sku, quantity: int = 1) -> None:
    MemberCart(db.session(), account.id).put(sku.id, quantity, sku.price, now())


def a_buyer(*skus: Sku, quantity: int = 1) -> Account:
    """A member with an address and these SKUs in the cart."""
    account = an_account()
    an_address(account)
    for sku in skus:
        in_cart(account, sku, quantity)
    return account


def place(account: Account, **given: Any) -> Order:
    """Order the account's cart to its default address, as somebody does who read the review page just now."""
    seen = review(db.session(), account.id, given.get("address_id"))
    address_id = given.get("address_id") or (seen.address.id if seen.address else 0)
    shown = given.get("shown") or (seen.offer.fingerprint if seen.offer else "nothing")
    key, at, method = given.get("key") or f"{new_id():x}", given.get("at") or now(), given.get("method", REMITTANCE)
    return place_order(as_buyer(account), address_id, key, shown, at, method=method)


def an_order(*skus: Sku, quantity: int = 1, account: Account | None = None, **given: Any) -> Order:
    """An unpaid order; of a SKU of which five lie in a warehouse, unless told otherwise; `given` as for `place`."""
    goods = skus or (a_stocked_sku()[0],)
    if account is None:
        account = a_buyer()
    for sku in goods:
        in_cart(account, sku, quantity)
    return place(account, **given)
