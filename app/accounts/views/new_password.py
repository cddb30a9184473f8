"""A new password by SMS, for whoever holds the number. Whether it has an account is never said."""

from flask import Response, g, url_for

from app.accounts.code_rules import RESET
from app.accounts.codes import WrongCode
from app.accounts.forms.entering import NewPasswordForm
from app.accounts.securing import reset_password
from app.accounts.views.blueprint import bp, go_on, page, send_by, wants_code, wrong
from app.foundation.http_edge import limiter


@bp.get("/password")
def new_password() -> Response:
    return page("new_password", form=NewPasswordForm())


@bp.post("/password", endpoint="new_password_post")
@limiter.limit("30/minute")
def new_password_post() -> Response:
    form = NewPasswordForm()
    if wants_code():
        status = send_by(form, RESET, g.lang)
        return page("new_password", status, form=form, sent=status == 200)
    if not form.validate_on_submit():
        return page("new_password", 422, form=form)
    try:
        reset_password(form.number, form.code.data, form.password.data)
    except WrongCode as refusal:
        return page("new_password", wrong(form, refusal, "code"), form=form)
    return go_on(url_for("accounts.login"), ["password_set"])
