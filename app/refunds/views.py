"""A buyer calls off what is paid and has not left, and may take that back until it is decided. Owner only, else 404."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.queries import own_order
from app.refunds.approving import refuse
from app.refunds.asking import ask, freight_of_all
from app.refunds.forms import CallOffForm, call_off_form
from app.refunds.queries import refunds_of

bp = Blueprint("refunds", __name__)


@bp.get("/orders/<number>/refund")
@login_required
def call_off(number: str) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    return _page(found, call_off_form(found)(None))


@bp.post("/orders/<number>/refund")
@login_required
@answers_once
def ask_for_refund(number: str) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    form = call_off_form(found)()
    if not form.lines or not form.validate_on_submit():
        return _page(found, form, 422)
    try:
        return redirect(once(this_sending(), lambda: _asked(found, form), now()), 303)
    except BusinessError as refusal:
        form.refuse(refusal)
        return _page(found, form, refusal.status)


@bp.post("/orders/<number>/refunds/<refund>/withdrawal")
@login_required
@answers_once
def withdraw(number: str, refund: str) -> ResponseReturnValue:
    found = own_order(db.session(), current_user.id, number)
    mine = next((each for each in refunds_of(db.session(), [found.id]) if each.number == refund), None)
    if mine is None:
        raise NotFound
    if not button_pressed("refunds.withdraw"):
        return redirect(_order_page(found, "stale"), 303)

    def withdrawing() -> str:
        refuse(mine.id, _buyer(), now())
        return _order_page(found, "refund_withdrawn")

    try:
        return redirect(once(this_sending(), withdrawing, now()), 303)
    except BusinessError:
        return redirect(_order_page(found, "order_moved"), 303)


def _asked(order: Order, form: CallOffForm) -> str:
    with transaction() as session:
        freight = freight_of_all(order.parts, form.reductions())
        ask(session, order.id, form.reductions(), freight, form.reason.data, _buyer(), now(), payee=form.account())
    return _order_page(order, "refund_asked")


def _buyer() -> Actor:
    """Whoever calls off an order of their own is its buyer, whatever else they are."""
    return Actor("buyer", current_user.audit_ref)


def _order_page(order: Order, done: str) -> str:
    return url_for("orders.order", number=order.number, done=done)


def _page(order: Order, form: CallOffForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("refunds/call_off.html", order=order, form=form)
    return personal_page(make_response(page, status))
