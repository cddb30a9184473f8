"""Paying by remittance: the page with account, amount and code, and the buyer's voucher. Owner only, else 404."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import this_sending
from app.foundation.uploads import STORED_TYPE, BadPicture
from app.orders.lifecycle import REMITTANCE, Actor, MoveRefused
from app.orders.models import Order
from app.orders.queries import own_order
from app.payments.forms import VoucherForm
from app.payments.queries import remittance_of
from app.payments.views import bp
from app.payments.vouchers import add_voucher, picture_for_owner, remove_voucher, voucher_of
from app.payments.ways import payment_page
from app.settings import current_settings


@bp.get("/orders/<number>/remittance")
@login_required
def remittance(number: str) -> ResponseReturnValue:
    order = _own(number)
    return _page(order, VoucherForm(None)) if order.due_now else _to_order(order)


@bp.post("/orders/<number>/voucher")
@login_required
@limiter.limit("20/minute")
def upload(number: str) -> ResponseReturnValue:
    order, form = _own(number), VoucherForm()
    if not form.validate_on_submit():
        return _page(order, form, 422)
    try:
        add_voucher(order, form.content(), _buyer(), now(), this_sending())
    except BadPicture as problem:
        form.refuse(problem)
        return _page(order, form, 422)
    except MoveRefused:
        return _to_order(order, done="order_moved")
    return redirect(url_for("payments.remittance", number=order.number, done="voucher_kept"), 303)


@bp.post("/orders/<number>/voucher/removal")
@login_required
def remove(number: str) -> ResponseReturnValue:
    order = _own(number)
    if not button_pressed("payments.remove"):
        return redirect(url_for("payments.remittance", number=order.number, done="stale"), 303)
    try:
        remove_voucher(order, _buyer(), now())
    except MoveRefused:
        return _to_order(order, done="order_moved")
    return redirect(url_for("payments.remittance", number=order.number, done="voucher_removed"), 303)


@bp.get("/orders/<number>/voucher")
@login_required
def voucher(number: str) -> ResponseReturnValue:
    """The picture itself, for the buyer who sent it; the finance desk has an address of its own."""
    content = picture_for_owner(db.session(), _own(number))
    response = Response(content, mimetype=STORED_TYPE, headers={"Content-Disposition": "inline; filename=voucher.webp"})
    return personal_page(response)


def _own(number: str) -> Order:
    return own_order(db.session(), current_user.id, number)


def _buyer() -> Actor:
    return Actor("buyer", current_user.audit_ref)


def _page(order: Order, form: VoucherForm, status: int = 200) -> ResponseReturnValue:
    if order.payment_method != REMITTANCE:
        return redirect(payment_page(order), 303)
    if not order.due_now:
        return _to_order(order, done="order_moved")
    session = db.session()
    facts: dict[str, Any] = {"remittance": remittance_of(session, order.id), "voucher": voucher_of(session, order.id)}
    payee = current_settings().operator
    page = render_template("payments/remittance.html", order=order, form=form, payee=payee, **facts)
    return personal_page(make_response(page, status))


def _to_order(order: Order, done: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("orders.order", number=order.number, done=done), 303)
