"""The account's own pages: overview, another password, another number."""

from flask import Response, g, url_for
from flask_login import current_user, login_required

from app.accounts.code_rules import PHONE
from app.accounts.codes import TooManyCodes, WrongCode, send_code
from app.accounts.forms.account import ChangeNumberForm, ChangePasswordForm
from app.accounts.links import account_links
from app.accounts.opening import NumberTaken
from app.accounts.securing import WrongPassword, change_number, change_password
from app.accounts.signing_in import is_own_password
from app.accounts.trying import TooManyTries
from app.accounts.views.blueprint import address_key, bp, go_on, page, wants_code, wrong
from app.foundation.http_edge import limiter
from app.foundation.personal_data import Purpose, masked, purpose
from app.foundation.web_session import current_session, renew_session


@bp.get("/account")
@login_required
def account() -> Response:
    with purpose(Purpose.SERVICE):
        name = current_user.name
    phone = masked(current_user._get_current_object(), "phone")
    return page("account", name=name, phone=phone, links=account_links())


@bp.get("/account/password")
@login_required
def password() -> Response:
    return page("password", form=ChangePasswordForm())


@bp.post("/account/password", endpoint="password_post")
@limiter.limit("30/minute")
@login_required
def password_post() -> Response:
    form, me = ChangePasswordForm(), current_user._get_current_object()
    with purpose(Purpose.SECURITY):
        form.known_name, form.number = me.name, me.phone
    if not form.validate_on_submit():
        return page("password", 422, form=form)
    try:
        reauthenticate(form.present.data)
    except (WrongPassword, TooManyTries) as refusal:
        return page("password", wrong(form, refusal, "present"), form=form)
    change_password(me, form.password.data, keep_session=_this_session())
    renew_session()
    return go_on(url_for("accounts.account"), ["password_changed"])


@bp.get("/account/phone")
@login_required
def phone() -> Response:
    return page("phone", form=ChangeNumberForm())


@bp.post("/account/phone", endpoint="phone_post")
@limiter.limit("30/minute")
@login_required
def phone_post() -> Response:
    form, me = ChangeNumberForm(), current_user._get_current_object()
    asked_for_code = wants_code()
    if not (form.is_good_for_sending() if asked_for_code else form.validate_on_submit()):
        return page("phone", 422, form=form)
    try:
        reauthenticate(form.present.data)
        if asked_for_code:
            send_code(PHONE, form.number, language=g.lang, address_key=address_key())
            return page("phone", form=form, sent=True)
        change_number(me, form.number, form.code.data, keep_session=_this_session())
    except (WrongPassword, TooManyTries) as refusal:
        return page("phone", wrong(form, refusal, "present"), form=form)
    except (TooManyCodes, NumberTaken) as refusal:
        return page("phone", wrong(form, refusal, "mobile"), form=form)
    except WrongCode as refusal:
        return page("phone", wrong(form, refusal, "code"), form=form)
    renew_session()
    return go_on(url_for("accounts.account"), ["phone_changed"])


def reauthenticate(present_password: str) -> None:
    """Raises WrongPassword, TooManyTries."""
    if not is_own_password(current_user._get_current_object(), present_password, address_key=address_key()):
        raise WrongPassword


def _this_session() -> int | None:
    row = current_session()
    return row.id if row else None
