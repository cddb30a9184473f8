"""The cart page and its posts. A post ends in a redirect, or in the page with what was typed and what is wrong."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.cart import changing
from app.cart.changing import NotForSale
from app.cart.contents import Contents, contents_of
from app.cart.counting import note_count
from app.cart.fitting import quantity_in, sku_id_in
from app.cart.holding import Cart, GuestCart, MemberCart
from app.cart.merging import undo_merge, undoable_merge
from app.cart.put_in import put_in_just_now, put_in_token
from app.catalog.offered import OfferedSku, offered_skus
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.measurement.telling import may_be_counted

bp = Blueprint("cart", __name__)
PUT_IN = {"added", "raised", "lowered"}
"""After these the cart holds something, unless the browser keeps no cookies."""


@dataclass(frozen=True)
class Refused:
    """A quantity that was refused: shown again as it was typed, with the reason beside it."""

    sku_id: int | None
    typed: str
    problem: Any
    adding: OfferedSku | None = None
    """Set where it was to be added and is no line of the cart yet."""


@bp.get("/cart")
def show() -> ResponseReturnValue:
    cart = _cart()
    if request.args.get("done") in PUT_IN and isinstance(cart, GuestCart) and not cart.lines():
        return redirect(url_for("cart.show", done="not_kept"))
    return _page(cart)


@bp.post("/cart/lines")
def add() -> ResponseReturnValue:
    """Add `quantity` units of `sku`. The quantity may be left out: then one unit, fitted to the minimum order."""
    typed = request.form.get("quantity", "1")
    sku_id = sku_id_in(request.form.get("sku"))
    if not button_pressed("cart.add"):
        return _refuse(_cart(), sku_id, typed, None)
    try:
        cart = _cart()
        return _done(cart, changing.add(db.session(), cart, sku_id, quantity_in(typed), now()), put_in=sku_id)
    except NotForSale:
        raise
    except BusinessError as problem:
        return _refuse(_cart(), sku_id, typed, problem)


@bp.post("/cart/quantity")
def change() -> ResponseReturnValue:
    typed = request.form.get("quantity", "")
    sku_id = sku_id_in(request.form.get("sku"))
    if not button_pressed("cart.change"):
        return _stale()
    try:
        cart = _cart()
        return _done(cart, changing.change(db.session(), cart, sku_id, quantity_in(typed, least=0), now()))
    except BusinessError as problem:
        return _refuse(_cart(), sku_id, typed, problem)


@bp.post("/cart/removal")
def remove() -> ResponseReturnValue:
    sku_id = sku_id_in(request.form.get("sku"))
    if not button_pressed("cart.remove"):
        return _stale()
    cart = _cart()
    return _done(cart, changing.remove(cart, sku_id) if sku_id else "removed")


@bp.post("/cart/merges/<int(max=9223372036854775807):merge_id>/undoing")
def undo(merge_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.login", next=url_for("cart.show")), 303)
    if not button_pressed("cart.undo"):
        return _stale()
    undo_merge(merge_id, current_user.id, now())
    return redirect(url_for("cart.show", done="unmerged"), 303)


def _cart() -> Cart:
    if current_user.is_authenticated:
        return MemberCart(db.session(), current_user.id)
    return GuestCart.sent_with(request)


def _page(cart: Cart, refused: Refused | None = None, status: int = 200) -> ResponseReturnValue:
    contents: Contents = contents_of(db.session(), cart.lines())
    member = current_user.is_authenticated
    note_count(len(contents.items))
    merge_id = undoable_merge(db.session(), current_user.id, now()) if member else None
    put_in = put_in_just_now(request.args.get("put", ""), contents)
    page = render_template("cart/cart.html", contents=contents, refused=refused, merge_id=merge_id, put_in=put_in)
    return personal_page(make_response(page, status))


def _done(cart: Cart, code: str, put_in: int | None = None) -> ResponseReturnValue:
    token = put_in_token(put_in) if put_in and may_be_counted() else None
    response = make_response(redirect(url_for("cart.show", done=code, put=token), 303))
    if isinstance(cart, GuestCart):
        cart.keep_in(response)
    return response


def _refuse(cart: Cart, sku_id: int | None, typed: str, problem: BusinessError | None) -> ResponseReturnValue:
    """The cart page again; without a problem the button was stale, and one more press will do."""
    in_cart = sku_id in {line.sku_id for line in cart.lines()}
    sku = offered_skus(db.session(), [sku_id]).get(sku_id) if sku_id and not in_cart else None
    text = problem.text if problem else None
    refused = Refused(sku_id, typed[:20], text, sku if sku and sku.is_on_sale else None)
    return _page(cart, refused, problem.status if problem else 422)


def _stale() -> ResponseReturnValue:
    return redirect(url_for("cart.show", done="stale"), 303)
