"""Closing one's account: what stands in the way, applying with the password, withdrawing. Clause 5.2.2a."""

from flask import Response, abort, url_for
from flask_login import current_user, login_required

from app.accounts.forms.account import ClosingForm
from app.accounts.people import person_of
from app.accounts.securing import WrongPassword
from app.accounts.trying import TooManyTries
from app.accounts.views.account import reauthenticate
from app.accounts.views.blueprint import bp, go_on, page, wrong
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import answers_once, once, this_sending
from app.privacy.closing import AppliedAlready, DecidedAlready, apply_to_close, receipt_address, terms_of, withdraw
from app.privacy.closure_checks import in_words, obstacles
from app.privacy.closures import WAITING, closure_of
from app.privacy.people import Person


@bp.get("/account/closure")
@login_required
def closure() -> Response:
    return _page(ClosingForm())


@bp.post("/account/closure", endpoint="closure_post")
@limiter.limit("30/minute")
@login_required
@answers_once
def closure_post() -> Response:
    form = ClosingForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        reauthenticate(form.present.data)
        once(this_sending(), _apply, now())
    except (WrongPassword, TooManyTries) as refusal:
        return _page(form, wrong(form, refusal, "present"))
    except AppliedAlready:
        return go_on(url_for("accounts.closure"), ["closure_waiting"])
    return go_on(url_for("accounts.closure"), ["closure_applied"])


@bp.post("/account/closure/withdrawal")
@login_required
def closure_withdrawal() -> Response:
    if not button_pressed("accounts.closure"):
        abort(400)
    try:
        withdraw(_me(), now())
    except DecidedAlready:
        return go_on(url_for("accounts.closure"), ["closure_decided"])
    return go_on(url_for("accounts.closure"), ["closure_withdrawn"])


def _apply() -> str:
    apply_to_close(_me(), now())
    return url_for("accounts.closure", done="closure_applied")


def _page(form: ClosingForm, status: int = 200) -> Response:
    person, session = _me(), db.session()
    newest = session.scalars(closure_of(person.account_id)).first()
    found = in_words(obstacles(session, person, now()))
    waits = newest is not None and newest.state == WAITING
    follow = receipt_address(newest) if newest else None
    terms = terms_of(session, person.audit_ref, now())
    return page(
        "closure", status, form=form, closure=newest, waits=waits, obstacles=found, follow=follow,
        hours=terms.period("closure.decision").amount, minutes=terms.period("closure.erasure").amount,
    )  # fmt: skip


def _me() -> Person:
    return person_of(current_user._get_current_object())
