"""The saved titles of an account."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.personal_data import Purpose, purpose
from app.invoices.forms import TitleForm
from app.invoices.titles import (
    Title,
    TooManyTitles,
    add_title,
    edit_title,
    make_default,
    remove_title,
    title_from_company,
    title_of,
    titles_of,
)
from app.invoices.views import bp

TITLE = "/account/invoice-titles/<int(max=9223372036854775807):title_id>"


@bp.get("/account/invoice-titles")
@login_required
def titles() -> ResponseReturnValue:
    saved = titles_of(db.session(), current_user.id)
    with purpose(Purpose.SERVICE):
        shown = [(each, Title.of(each.details)) for each in saved]
    return _page("titles", titles=shown)


@bp.get("/account/invoice-titles/new")
@login_required
def new_title() -> ResponseReturnValue:
    form, known = TitleForm(None), title_from_company(db.session(), current_user.id)
    if known and not titles_of(db.session(), current_user.id):
        form.show(known)
    return _page("title", form=form)


@bp.post("/account/invoice-titles/new", endpoint="keep_title")
@login_required
@limiter.limit("30/minute")
@answers_once
def keep_title() -> ResponseReturnValue:
    form, me = TitleForm(), current_user
    if not form.validate_on_submit():
        return _page("title", 422, form=form)

    def keeping() -> str:
        add_title(me.id, me.subject_id, form.title(), now())
        return url_for("invoices.titles", done="title_kept")

    try:
        return redirect(once(this_sending(), keeping, now()), 303)
    except TooManyTitles as refusal:
        form.name.errors = [refusal.text]
        return _page("title", refusal.status, form=form)


@bp.route(TITLE, methods=["GET", "POST"])
@login_required
@limiter.limit("30/minute", methods=["POST"])
def title(title_id: int) -> ResponseReturnValue:
    kept, form = title_of(db.session(), current_user.id, title_id), TitleForm()
    if request.method == "GET":
        with purpose(Purpose.SERVICE):
            form.show(Title.of(kept.details))
        return _page("title", form=form, kept=kept)
    if not form.validate_on_submit():
        return _page("title", 422, form=form, kept=kept)
    edit_title(current_user.id, kept.id, form.title(), now())
    return redirect(url_for("invoices.titles", done="title_kept"), 303)


@bp.post(f"{TITLE}/removal")
@login_required
def remove(title_id: int) -> ResponseReturnValue:
    if not button_pressed("invoices.remove"):
        return redirect(url_for("invoices.titles", done="stale"), 303)
    remove_title(current_user.id, title_id)
    return redirect(url_for("invoices.titles", done="title_removed"), 303)


@bp.post(f"{TITLE}/preference")
@login_required
def prefer(title_id: int) -> ResponseReturnValue:
    if not button_pressed("invoices.prefer"):
        return redirect(url_for("invoices.titles", done="stale"), 303)
    make_default(current_user.id, title_id)
    return redirect(url_for("invoices.titles", done="title_kept"), 303)


def _page(template: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    page = render_template(f"invoices/{template}.html", **{"kept": None, **facts})
    return personal_page(make_response(page, status))
