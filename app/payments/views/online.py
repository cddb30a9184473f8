"""Paying through the institution: the page before leaving, the way there, the way back, and where it speaks to us."""

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from app.foundation import faults
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import from_anywhere, let_forms_go_to, limiter, personal_page, request_id
from app.foundation.idempotency import once, this_sending
from app.orders.models import Order
from app.orders.queries import own_order
from app.payments.chinabank.attempting import begin_attempt, can_be_paid_online
from app.payments.chinabank.gateway import NOTICE_PATH, RETURN_PATH, gateway_of
from app.payments.chinabank.listening import judge, listen
from app.payments.chinabank.models import NOTICE, OPEN, RETURN
from app.payments.chinabank.protocol import Word, word_in
from app.payments.chinabank.queries import attempt_numbered, attempt_with
from app.payments.views import bp, root_bp
from app.settings import current_settings

LARGEST_MESSAGE_BYTES = 16 * 1024
ATTEMPT = "/orders/<number>/online/<int(max=99):attempt>"


@bp.get("/orders/<number>/online")
@login_required
def online(number: str) -> ResponseReturnValue:
    """What will be paid, through whom, and what they get to know."""
    return _pay_page(_own(number))


@bp.post("/orders/<number>/online")
@login_required
@limiter.limit("20/minute")
def begin_online(number: str) -> ResponseReturnValue:
    order = _own(number)
    if not button_pressed("payments.begin_online"):
        return redirect(url_for("payments.online", number=order.number, done="stale"), 303)

    def beginning() -> str:
        attempt = begin_attempt(order.id, gateway_of(current_settings()), g.lang, now())
        return url_for("payments.leave", number=order.number, attempt=attempt)

    try:
        return redirect(once(this_sending(), beginning, now()), 303)
    except BusinessError as refusal:
        return _pay_page(order, refusal.status, refusal.text)


@bp.get(ATTEMPT)
@login_required
def leave(number: str, attempt: int) -> ResponseReturnValue:
    """The form that carries the browser to the institution. Once the attempt is settled it leads to the result."""
    order = _own(number)
    found = attempt_numbered(db.session(), order, attempt)
    if found.state != OPEN or not can_be_paid_online(order, now()):
        return redirect(url_for("payments.result", number=order.number, attempt=attempt), 303)
    gateway = gateway_of(current_settings())
    fields = gateway.form(found.oid, found.amount, g.lang)
    page = render_template("payments/leave.html", order=order, attempt=found, action=gateway.action, fields=fields)
    return let_forms_go_to(personal_page(make_response(page)), gateway.origin)


@bp.get(f"{ATTEMPT}/result")
@login_required
def result(number: str, attempt: int) -> ResponseReturnValue:
    """What became of an attempt, as far as the institution itself has told us."""
    order = _own(number)
    found = attempt_numbered(db.session(), order, attempt)
    again = can_be_paid_online(order, now())
    return personal_page(
        make_response(render_template("payments/result.html", order=order, attempt=found, again=again))
    )


@bp.post(RETURN_PATH)
@from_anywhere
@limiter.limit("60/minute")
def come_back() -> ResponseReturnValue:
    """The browser, sent back by the institution's page: another site, so it brings no sign-in. It moves no money."""
    word, body = _message()
    at = now()
    merchant = gateway_of(current_settings()).merchant
    is_good = judge(listen(word, body, RETURN, at), merchant, at) == "shown"
    found = attempt_with(db.session(), word.v_oid) if is_good else None
    if found is None:
        return redirect(url_for("orders.listing", done="return_not_readable"), 303)
    return redirect(url_for("payments.result", number=found.order.number, attempt=found.number), 303)


@root_bp.post(NOTICE_PATH)
@from_anywhere
@limiter.limit("600/minute")
def notice() -> ResponseReturnValue:
    """The institution itself. The answer is exactly `ok` where the signature holds, else `error`."""
    word, body = _message()
    at = now()
    merchant = gateway_of(current_settings()).merchant
    try:
        message_id = listen(word, body, NOTICE, at)
    except OperationalError:  # not kept, so it must be said again
        return Response("error", 503, mimetype="text/plain")
    try:
        judge(message_id, merchant, at)
    except Exception as fault:  # kept, so the sweeper judges it
        faults.tell("payments_root.notice", fault, request_id())
    return Response("ok" if merchant.has_signed(word) else "error", mimetype="text/plain")


def _message() -> tuple[Word, bytes]:
    """What was said, and the bytes it was said in; of too many bytes none."""
    request.max_content_length = LARGEST_MESSAGE_BYTES
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        body = b""
    return word_in(body), body


def _own(number: str) -> Order:
    return own_order(db.session(), current_user.id, number)


def _pay_page(order: Order, status: int = 200, problem: object = None) -> ResponseReturnValue:
    if not can_be_paid_online(order, now()) and problem is None:
        return redirect(url_for("orders.order", number=order.number), 303)
    return personal_page(make_response(render_template("payments/online.html", order=order, problem=problem), status))
