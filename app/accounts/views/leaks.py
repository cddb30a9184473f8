"""Reporting a leaked account or password, without signing in. Clause 5.1.6."""

from flask import Response, g, url_for

from app.accounts.code_rules import LEAK
from app.accounts.codes import WrongCode
from app.accounts.forms.entering import LeakForm
from app.accounts.securing import freeze_by_number
from app.accounts.views.blueprint import bp, go_on, page, send_by, wants_code, wrong
from app.foundation.http_edge import limiter


@bp.get("/account/leak")
def leak() -> Response:
    return page("leak", form=LeakForm())


@bp.post("/account/leak", endpoint="leak_post")
@limiter.limit("30/minute")
def leak_post() -> Response:
    form = LeakForm()
    if wants_code():
        status = send_by(form, LEAK, g.lang)
        return page("leak", status, form=form, sent=status == 200)
    if not form.validate_on_submit():
        return page("leak", 422, form=form)
    try:
        freeze_by_number(form.number, form.code.data)
    except WrongCode as refusal:
        return page("leak", wrong(form, refusal, "code"), form=form)
    return go_on(url_for("accounts.new_password"), ["frozen"])
