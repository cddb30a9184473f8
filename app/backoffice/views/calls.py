"""The support console: one caller at a time, masked, for as long as the call lasts. Clause 1.1.6."""

from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.code_rules import CALL
from app.accounts.codes import TooManyCodes, WrongCode, address_key_of, send_code
from app.backoffice.calls import Caller, caller_of, reveal
from app.backoffice.forms.calls import CallerForm, CallQuestionForm, RevealForm
from app.backoffice.unmasking import prove
from app.backoffice.views import bp
from app.backoffice.views.answers import do_once, done, page, reader
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.support.asking import open_ticket
from app.support.calling import NoCall, OwnAccount, begin_call, end_call
from app.support.vocabulary import HOTLINE, TOPICS


@bp.get("/calls")
@requires("calls.take")
def calls() -> Any:
    return page("caller", form=CallerForm(None))


@bp.post("/calls")
@requires("calls.take")
@limiter.limit("30/minute")
def take_call() -> Any:
    sends = request.form.get("send") == "code"
    form = CallerForm(sends=sends)
    if not form.validate_on_submit():
        return page("caller", 422, form=form)
    try:
        if sends:
            key = address_key_of(request.remote_addr or "", now())
            send_code(CALL, form.number, language=g.lang, address_key=key)
            return page("caller", form=form, sent=True)
        begin_call(form.number, form.digits, current_user, now())
    except (TooManyCodes, OwnAccount) as refusal:
        form.mobile.errors = [*form.mobile.errors, str(refusal.text)]
        return page("caller", refusal.status, form=form)
    except WrongCode as refusal:
        form.code.errors = [*form.code.errors, str(refusal.text)]
        return page("caller", 422, form=form, sent=True)
    return redirect(url_for("backoffice.call"), 303)


@bp.get("/calls/current")
@requires("calls.take")
def call() -> Any:
    try:
        return _page(caller_of(db.session(), current_user, now()))
    except NoCall:
        return redirect(url_for("backoffice.calls"))


@bp.post("/calls/current/name")
@requires("calls.take")
@limiter.limit("20/minute")
def reveal_caller() -> Any:
    """Name and number in this one answer, which nothing keeps; the reading is on the ledger."""
    at = now()
    caller = caller_of(db.session(), current_user, at)
    form = RevealForm(prefix="reveal-", needs_proof=not reader().has_proven_lately(at))
    if not form.validate_on_submit():
        return _page(caller, 422, revealing=form)
    try:
        if form.needs_proof:
            prove(current_user, form.password.data, address_key=address_key_of(request.remote_addr or "", at))
        whole = reveal(caller, reader(), form.reason.data, at)
    except BusinessError as refusal:
        form.password.errors = [*form.password.errors, str(refusal.text)]
        return _page(caller, refusal.status, revealing=form)
    return _page(caller, revealed=whole)


@bp.post("/calls/current/question")
@requires("calls.take")
@answers_once
def keep_call_question() -> Any:
    caller, form = caller_of(db.session(), current_user, now()), CallQuestionForm(prefix="question-")
    if not form.validate_on_submit():
        return _page(caller, 422, question=form)
    return do_once(
        lambda: open_ticket(form.question(), caller.account, now(), HOTLINE), "call_question_kept", "backoffice.call"
    )


@bp.post("/calls/current/end")
@requires("calls.take")
def end_the_call() -> Any:
    if not button_pressed("backoffice.call"):
        abort(400)
    end_call(current_user, now())
    return done("call_ended", "backoffice.calls")


def _page(caller: Caller, status: int = 200, **more: Any) -> Any:
    needs_proof = not reader().has_proven_lately(now())
    forms: dict[str, Any] = {
        "revealing": RevealForm(None, prefix="reveal-", needs_proof=needs_proof),
        "question": CallQuestionForm(None, prefix="question-"),
        "revealed": None,
    }
    return page("call", status, person=caller, topics=TOPICS, **{**forms, **more})
