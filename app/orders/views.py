"""A buyer's orders: the list in tabs, one order, and the buttons that the lifecycle allows. Owner only, else 404."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import once, this_sending
from app.foundation.personal_data import Purpose, purpose
from app.orders.cancelling import cancel as cancel_order
from app.orders.lifecycle import COMPLETES_AFTER, Actor, MoveRefused, moves_from
from app.orders.pages import Pages
from app.orders.queries import own_order
from app.orders.receiving import confirm_receipt
from app.orders.tabs import counts_by_tab, orders_in, tab_texts
from app.orders.timeline import timeline_of

bp = Blueprint("orders", __name__)


@bp.get("/orders")
@login_required
def listing() -> ResponseReturnValue:
    counts = counts_by_tab(db.session(), current_user.id)
    tab = request.args.get("state", "")
    tab = tab if tab in counts else ""
    pages = Pages.of(request.args.get("page"), counts[tab])
    rows = db.session.scalars(orders_in(current_user.id, tab).limit(pages.size).offset(pages.skipped)).all()
    page = render_template(
        "orders/listing.html", orders=rows, counts=counts, tabs=tab_texts(), tab=tab, pager=pages.for_state(tab)
    )
    return personal_page(make_response(page))


@bp.get("/orders/<number>")
@login_required
def order(number: str) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    allowed = {move.name for move in moves_from(found.state, _buyer())}
    with purpose(Purpose.SERVICE):
        page = render_template(
            "orders/order.html",
            order=found,
            consignee=found.consignee,
            allowed=allowed,
            allowed_for={part.id: {move.name for move in moves_from(part.state, _buyer())} for part in found.parts},
            timeline=timeline_of(found),
            completes_after_days=COMPLETES_AFTER.days,
        )
    return personal_page(make_response(page))


@bp.post("/orders/<number>/cancellation")
@login_required
def cancel(number: str) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    if not button_pressed("orders.cancel"):
        return _back(number, "stale")
    return _do_once(number, "order_cancelled_by_you", lambda: cancel_order(found.id, _buyer(), now()))


@bp.post("/orders/<number>/parts/<int(max=1000):position>/receipt")
@login_required
def receive(number: str, position: int) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    part = next((part for part in found.parts if part.position == position), None)
    if part is None:
        raise NotFound
    if not button_pressed("orders.receive"):
        return _back(number, "stale")
    return _do_once(number, "receipt_confirmed", lambda: confirm_receipt(part.id, _buyer(), now()))


def _buyer() -> Actor:
    """Whoever looks at an order of their own is its buyer, whatever else they are."""
    return Actor("buyer", current_user.audit_ref)


def _do_once(number: str, done: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Do what a button asks for, once, or show the order as it stands if it has moved on."""

    def acting() -> str:
        act()
        return _order_page(number, done)

    try:
        return redirect(once(this_sending(), acting, now()), 303)
    except MoveRefused:
        return _back(number, "order_moved")


def _back(number: str, done: str) -> ResponseReturnValue:
    return redirect(_order_page(number, done), 303)


def _order_page(number: str, done: str) -> str:
    return url_for("orders.order", number=number, done=done)
