"""Signing in and out."""

from flask import Response, abort, g, request, url_for
from flask_login import current_user

from app.accounts.devices import is_trusted
from app.accounts.forms.entering import SignInForm
from app.accounts.models import Account
from app.accounts.signing_in import AccountFrozen, WrongSignIn, account_of_password, enter, remember_device
from app.accounts.trying import TooManyTries
from app.accounts.views.blueprint import (
    address_key,
    bp,
    browser,
    device_cookie,
    go_on,
    page,
    place,
    set_device_cookie,
    wrong,
)
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.permissions import needs_second_factor
from app.foundation.ways import own_path
from app.foundation.web_session import end_session


@bp.get("/login")
def login() -> Response:
    if current_user.is_authenticated:
        return _after_password(current_user, [])
    form = SignInForm(next=request.args.get("next", ""))
    return page("login", form=form)


@bp.post("/login", endpoint="login_post")
@limiter.limit("30/minute")
def login_post() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return page("login", 422, form=form)
    try:
        account = account_of_password(form.name.data, form.password.data, address_key=address_key())
    except (WrongSignIn, AccountFrozen, TooManyTries) as refusal:
        return page("login", wrong(form, refusal, "name"), form=form)
    trusted = is_trusted(account.id, device_cookie())
    wants_trust = form.trust.data and not account.is_staff
    notices = enter(
        account, browser=browser(), place=place(), language=g.lang, trusted=trusted, stay=trusted or wants_trust
    )
    answer = _after_password(account, notices)
    if wants_trust and not trusted:
        set_device_cookie(answer, remember_device(account, browser()))
    return answer


@bp.post("/logout")
def logout() -> Response:
    if not button_pressed("accounts.logout"):
        abort(400)
    end_session()
    return go_on(url_for("accounts.login"), ["signed_out"])


def _after_password(account: Account, notices: list[str]) -> Response:
    """To the page that was asked for, by way of the second factor where one is due."""
    asked = request.form.get("next") or request.args.get("next")
    if needs_second_factor(account):
        return go_on(url_for("accounts.second_factor", next=own_path(asked, "") or None))
    home = url_for("backoffice.desk") if account.is_staff and _has_desk() else url_for("accounts.account")
    return go_on(own_path(asked, home), notices)


def _has_desk() -> bool:
    from flask import current_app

    return "backoffice.desk" in current_app.view_functions
