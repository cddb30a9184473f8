"""What the other side opens by its link: the undertaking first, then what the member chose, and its own answers.

It needs no account and no cookie. Indexed and cached by nobody, and no page elsewhere learns the address.
"""

from collections.abc import Callable

from flask import Response, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.disputes.answering import (
    TooManyPictures,
    agree_to_contact,
    answer,
    look,
    look_at_picture,
    sign,
    take_contact_back,
    waits_for_signature,
)
from app.disputes.contacts import ContactsExchanged
from app.disputes.forms import AnswerForm, ContactForm, UndertakingForm
from app.disputes.undertaking import text_in
from app.disputes.views import bp
from app.disputes.writing import EnoughWritten
from app.foundation.clock import now
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.uploads import STORED_TYPE, BadPicture

DISPUTE = "/dispute/<token>"


@bp.get(DISPUTE)
@limiter.limit("60/minute")
def opened(token: str) -> ResponseReturnValue:
    if waits_for_signature(token, now()):
        return _undertaking_page(token, UndertakingForm(None))
    return _look_page(token)


@bp.post(f"{DISPUTE}/undertaking")
@limiter.limit("20/hour")
def undertake(token: str) -> ResponseReturnValue:
    form = UndertakingForm()
    if waits_for_signature(token, now()):
        if not form.validate_on_submit():
            return _undertaking_page(token, form, 422)
        sign(token, form.name.data or "", g.lang, now())
    return _back(token)


@bp.get(f"{DISPUTE}/photographs/<int(max=99):position>")
@limiter.limit("60/minute")
def chosen(token: str, position: int) -> ResponseReturnValue:
    """A photograph that the member chose, with the mark of this very look."""
    return _private(Response(look_at_picture(token, position, now()), mimetype=STORED_TYPE))


@bp.post(f"{DISPUTE}/answers")
@limiter.limit("20/hour")
@answers_once
def reply(token: str) -> ResponseReturnValue:
    form = AnswerForm(prefix="answer-")
    if not form.validate_on_submit():
        return _look_page(token, 422, answering=form)
    where = url_for("disputes.opened", token=token, done="dispute_said")
    try:
        answer(token, form.text.data or "", form.pictures.contents(), now(), this_sending(), where)
    except (BadPicture, TooManyPictures) as problem:
        form.pictures.errors = [problem.text]
        return _look_page(token, 422, answering=form)
    except EnoughWritten as refusal:
        form.text.errors = [*form.text.errors, refusal.text]
        return _look_page(token, 422, answering=form)
    return redirect(where, 303)


@bp.post(f"{DISPUTE}/contact")
@limiter.limit("20/hour")
@answers_once
def agree_on_contact(token: str) -> ResponseReturnValue:
    form = ContactForm(prefix="contact-")
    if not form.validate_on_submit():
        return _look_page(token, 422, contact=form)

    def agreeing() -> str:
        agree_to_contact(token, form.contact.data or "", now())
        return url_for("disputes.opened", token=token, done="dispute_contact")

    return _unless_exchanged(token, agreeing)


@bp.post(f"{DISPUTE}/contact/withdrawal")
@limiter.limit("20/hour")
@answers_once
def withdraw_contact(token: str) -> ResponseReturnValue:
    if waits_for_signature(token, now()) or not button_pressed("disputes.other"):
        return _back(token)

    def withdrawing() -> str:
        take_contact_back(token, now())
        return url_for("disputes.opened", token=token, done="dispute_contact_back")

    return _unless_exchanged(token, withdrawing)


def _unless_exchanged(token: str, act: Callable[[], str]) -> ResponseReturnValue:
    try:
        return redirect(once(this_sending(), act, now()), 303)
    except ContactsExchanged:
        return _back(token)


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("disputes.opened", token=token), 303)


def _undertaking_page(token: str, form: UndertakingForm, status: int = 200) -> Response:
    facts = {"token": token, "form": form, "undertaking": text_in(g.lang)}
    return _private(make_response(render_template("disputes/undertaking.html", **facts), status))


def _look_page(
    token: str, status: int = 200, *, answering: AnswerForm | None = None, contact: ContactForm | None = None
) -> Response:
    looked = look(token, now())
    page = render_template(
        "disputes/opened.html", token=token, looked=looked, shown=looked.shown, dispute=looked.dispute,
        answering=answering or AnswerForm(None, prefix="answer-"),
        contact=contact or ContactForm(None, prefix="contact-"),
    )  # fmt: skip
    return _private(make_response(page, status))


def _private(page: Response) -> Response:
    page = personal_page(page)
    page.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
