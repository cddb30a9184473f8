"""The second factor of staff, after the password: giving it, and setting it up. Clause 5.1.1e."""

import segno
from flask import Response, g, request, url_for
from flask_login import current_user, login_required
from markupsafe import Markup

from app.accounts.code_rules import ENROL
from app.accounts.codes import TooManyCodes, WrongCode, send_code, use_code
from app.accounts.forms.entering import EnrolmentForm, SecondFactorForm
from app.accounts.second_factor import (
    WrongSecondFactor,
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    provisioning_uri,
    second_factor_of,
    secret_of,
    use_second_factor,
)
from app.accounts.signing_in import pass_second_factor, remember_device
from app.accounts.trying import TooManyTries
from app.accounts.views.blueprint import (
    address_key,
    bp,
    browser,
    go_on,
    page,
    place,
    set_device_cookie,
    wants_code,
    wrong,
)
from app.foundation.http_edge import limiter
from app.foundation.permissions import needs_second_factor
from app.foundation.personal_data import Purpose, masked, purpose
from app.foundation.ways import own_path


@bp.get("/login/second-factor")
@login_required
def second_factor() -> Response:
    if not needs_second_factor(current_user):
        return _on()
    if not has_second_factor(current_user):
        return go_on(url_for("accounts.enrol", next=request.args.get("next")))
    return page("second_factor", form=SecondFactorForm(next=request.args.get("next", "")))


@bp.post("/login/second-factor", endpoint="second_factor_post")
@limiter.limit("30/minute")
@login_required
def second_factor_post() -> Response:
    form = SecondFactorForm()
    if not needs_second_factor(current_user):
        return _on()
    if not form.validate_on_submit():
        return page("second_factor", 422, form=form)
    account = current_user._get_current_object()
    try:
        use_second_factor(account, form.code.data, address_key=address_key())
    except (WrongSecondFactor, TooManyTries) as refusal:
        return page("second_factor", wrong(form, refusal, "code"), form=form)
    answer = _on(pass_second_factor(account, browser=browser(), place=place(), language=g.lang))
    if form.trust.data:
        set_device_cookie(answer, remember_device(account, browser()))
    return answer


@bp.get("/login/second-factor/enrol")
@login_required
def enrol() -> Response:
    if not needs_second_factor(current_user) or has_second_factor(current_user):
        return go_on(url_for("accounts.second_factor", next=request.args.get("next")))
    return _enrol_page(EnrolmentForm(next=request.args.get("next", "")))


@bp.post("/login/second-factor/enrol", endpoint="enrol_post")
@limiter.limit("30/minute")
@login_required
def enrol_post() -> Response:
    form, account = EnrolmentForm(), current_user._get_current_object()
    if not needs_second_factor(account) or has_second_factor(account):
        return go_on(url_for("accounts.second_factor"))
    if wants_code():
        return _send_code(form)
    if not form.validate_on_submit():
        return _enrol_page(form, 422)
    with purpose(Purpose.SECURITY):
        number = account.phone
    try:
        use_code(ENROL, number, form.sms_code.data)
        codes = confirm_enrolment(account, form.code.data, address_key=address_key())
    except WrongCode as refusal:
        return _enrol_page(form, wrong(form, refusal, "sms_code"))
    except (WrongSecondFactor, TooManyTries) as refusal:
        return _enrol_page(form, wrong(form, refusal, "code"))
    pass_second_factor(account, browser=browser(), place=place(), language=g.lang)
    return page("recovery_codes", codes=codes, on_to=own_path(form.next.data, url_for("accounts.account")))


def _send_code(form: EnrolmentForm) -> Response:
    """The secret is made and shown only to somebody who asked with a good form, never by opening a page."""
    form.validate()
    form.sms_code.errors, form.code.errors = [], []
    if form.errors:
        return _enrol_page(form, 422)
    with purpose(Purpose.SECURITY):
        number = current_user.phone
    try:
        send_code(ENROL, number, language=g.lang, address_key=address_key())
    except TooManyCodes as limit:
        return _enrol_page(form, wrong(form, limit, "sms_code"))
    begin_enrolment(current_user._get_current_object())
    return _enrol_page(form, sent=True)


def _enrol_page(form: EnrolmentForm, status: int = 200, *, sent: bool = False) -> Response:
    account = current_user._get_current_object()
    row = second_factor_of(account)
    picture = secret = ""
    if row and request.method == "POST":
        secret = secret_of(row)
        drawn = segno.make(provisioning_uri(account, row)).svg_inline(scale=4, dark="black", light="white")
        picture = Markup(drawn)  # noqa: S704 # nosec B704 - drawn here, holds no text
    return page("enrol", status, form=form, sent=sent, picture=picture, secret=secret, phone=masked(account, "phone"))


def _on(notices: list[str] | None = None) -> Response:
    asked = request.form.get("next") or request.args.get("next")
    return go_on(own_path(asked, url_for("accounts.account")), notices or [])
