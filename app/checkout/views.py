"""The checkout's pages: address book, review, placing. Members only."""

from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.accounts.devices import is_trusted
from app.accounts.known_browsers import Browser
from app.cart.counting import note_count
from app.checkout.addresses import (
    AddressBookFull,
    add_address,
    address_of,
    addresses_of,
    edit_address,
    make_default,
    remove_address,
)
from app.checkout.forms import ConsigneeForm, PlaceOrderForm, id_in
from app.checkout.limits import TooManyUnpaidOrders, TooManyUnpaidUnits
from app.checkout.placing import Buyer, FormUsedForAnotherOrder, NothingToOrder, PricesChanged, place_order
from app.checkout.reviewing import review as review_of
from app.foundation.clock import now
from app.foundation.cookies import Use, read_cookie
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.personal_data import Purpose, purpose
from app.foundation.web_session import current_session
from app.orders.lifecycle import HOLDS
from app.payments.ways import payment_page
from app.privacy.service_end import ServiceEnds
from app.shipping.carriers import CARRIERS
from app.stock.errors import OutOfStock

bp = Blueprint("checkout", __name__)


@bp.get("/checkout")
@login_required
def review() -> ResponseReturnValue:
    return _review_page(id_in(request.args.get("address")))


@bp.post("/checkout")
@login_required
@limiter.limit("60/minute")
def place() -> ResponseReturnValue:
    form = PlaceOrderForm()
    address_id = form.address_id
    if not form.validate_on_submit() or address_id is None:
        return _review_page(address_id, 422, form.problem, method=form.method.data)
    buyer = Buyer(current_user.id, current_user.subject_id, current_user.audit_ref, _browser())
    try:
        order = place_order(buyer, address_id, form.key.data, form.shown.data, now(), method=form.method.data)
    except (OutOfStock, NothingToOrder):
        return redirect(url_for("cart.show", done="check_cart"), 303)
    except NotFound:
        return _review_page(None, 404)
    except (PricesChanged, TooManyUnpaidOrders, TooManyUnpaidUnits, FormUsedForAnotherOrder, ServiceEnds) as problem:
        return _review_page(address_id, problem.status, problem.text, method=form.method.data)
    return redirect(payment_page(order, done="placed"), 303)


@bp.get("/checkout/addresses")
@login_required
def addresses() -> ResponseReturnValue:
    return _page("addresses.html", addresses=addresses_of(db.session(), current_user.id))


@bp.route("/checkout/addresses/new", methods=["GET", "POST"])
@login_required
def new_address() -> ResponseReturnValue:
    form = ConsigneeForm()
    if not form.validate_on_submit():
        return _page("address.html", 422 if form.is_submitted() else 200, form=form)
    try:
        address = add_address(current_user.id, current_user.subject_id, form.value(), now())
    except AddressBookFull as problem:
        return _page("address.html", problem.status, form=form, problem=problem.text)
    return _back(address.id, "address_added")


@bp.route("/checkout/addresses/<int(max=9223372036854775807):address_id>", methods=["GET", "POST"])
@login_required
def address(address_id: int) -> ResponseReturnValue:
    present = address_of(db.session(), current_user.id, address_id)
    with purpose(Purpose.SERVICE):
        form = ConsigneeForm(data=None if request.method == "POST" else present.consignee)
    if not form.validate_on_submit():
        return _page("address.html", 422 if form.is_submitted() else 200, form=form, address=present)
    edit_address(current_user.id, address_id, form.value(), now())
    return _back(address_id, "address_changed")


@bp.post("/checkout/addresses/<int(max=9223372036854775807):address_id>/removal")
@login_required
def remove(address_id: int) -> ResponseReturnValue:
    if not button_pressed("checkout.remove"):
        return redirect(url_for("checkout.addresses", done="stale"), 303)
    remove_address(current_user.id, address_id)
    return redirect(url_for("checkout.addresses", done="address_removed"), 303)


@bp.post("/checkout/addresses/<int(max=9223372036854775807):address_id>/preference")
@login_required
def prefer(address_id: int) -> ResponseReturnValue:
    if not button_pressed("checkout.prefer"):
        return redirect(url_for("checkout.addresses", done="stale"), 303)
    make_default(current_user.id, address_id)
    return redirect(url_for("checkout.addresses", done="address_changed"), 303)


def _browser() -> Browser:
    """The browser of this request, as its sign-in and its own cookie tell of it."""
    trusted = is_trusted(current_user.id, read_cookie(request, "device", Use.TRUSTED_DEVICE))
    row = current_session()
    return Browser(row.browser if row else "", row.place if row else "", trusted)


def _review_page(
    address_id: int | None, status: int = 200, problem: Any = None, method: str | None = None
) -> ResponseReturnValue:
    found = review_of(db.session(), current_user.id, address_id)
    note_count(len(found.contents.items))
    if not found.contents.can_be_ordered:
        done = "check_cart" if found.contents.items else "empty_cart"
        return redirect(url_for("cart.show", done=done), 303)
    if found.address is None or found.offer is None:
        return redirect(url_for("checkout.new_address", to="checkout"), 303)
    form = PlaceOrderForm.fresh(found.address.id, found.offer.fingerprint, method)
    carriers = [carrier.name(g.locale) for carrier in CARRIERS.values()]
    return _page("review.html", status, review=found, form=form, problem=problem, carriers=carriers, holds=HOLDS)


def _page(template: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    with purpose(Purpose.SERVICE):
        page = render_template(f"checkout/{template}", **{"problem": None, "address": None, **facts})
    return personal_page(make_response(page, status))


def _back(address_id: int, code: str) -> ResponseReturnValue:
    """On with the order where one came from it, else to the address book."""
    if request.args.get("to") == "checkout":
        return redirect(url_for("checkout.review", address=address_id), 303)
    return redirect(url_for("checkout.addresses", done=code), 303)
