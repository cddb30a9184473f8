"""The page of the mail address: give it, confirm it, take it away. Only ever one's own. Clause 1.1.1c."""

from flask import Response, abort, url_for
from flask_login import current_user, login_required

from app.accounts.codes import TooManyCodes, WrongCode
from app.accounts.forms.mail import MailCodeForm, MailForm
from app.accounts.giving_mail import confirm_address, give_address, remove_address
from app.accounts.mail_address import MailAddress, MailNotAgreed, mail_of, may_have_mail
from app.accounts.mail_rules import readable
from app.accounts.securing import WrongPassword
from app.accounts.trying import TooManyTries
from app.accounts.views.account import reauthenticate
from app.accounts.views.blueprint import bp, go_on, page, wrong
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.personal_data import Purpose, purpose


@bp.get("/account/mail")
@login_required
def mail() -> Response:
    return _page()


@bp.post("/account/mail", endpoint="mail_post")
@limiter.limit("30/minute")
@login_required
def mail_post() -> Response:
    form, me = MailForm(), current_user._get_current_object()
    if not form.validate_on_submit():
        return _page(422, form=form)
    try:
        reauthenticate(form.present.data)
        give_address(me, form.address, now())
    except (WrongPassword, TooManyTries) as refusal:
        return _page(wrong(form, refusal, "present"), form=form)
    except (TooManyCodes, MailNotAgreed) as refusal:
        return _page(wrong(form, refusal, "mail"), form=form)
    return go_on(url_for("accounts.mail"), ["mail_given"])


@bp.post("/account/mail/confirmation")
@limiter.limit("30/minute")
@login_required
def mail_confirmation() -> Response:
    form = MailCodeForm(prefix="confirm-")
    if not form.validate_on_submit():
        return _page(422, confirming=form)
    try:
        confirm_address(current_user._get_current_object(), form.code.data, now())
    except WrongCode as refusal:
        return _page(wrong(form, refusal, "code"), confirming=form)
    return go_on(url_for("accounts.mail"), ["mail_confirmed"])


@bp.post("/account/mail/removal")
@login_required
def mail_removal() -> Response:
    if not button_pressed("accounts.mail"):
        abort(400)
    remove_address(current_user._get_current_object())
    return go_on(url_for("accounts.mail"), ["mail_removed"])


def _page(status: int = 200, form: MailForm | None = None, confirming: MailCodeForm | None = None) -> Response:
    me, session = current_user._get_current_object(), db.session()
    row = mail_of(session, me.id)
    with purpose(Purpose.SERVICE):
        address = readable(str(row.address)) if row else ""
    typed = form or MailForm(None, mail="" if row is None or row.is_usable else address)
    return page(
        "mail", status, row=row, address=address, may_have=may_have_mail(session, me), form=typed,
        confirming=confirming or MailCodeForm(None, prefix="confirm-"), use=MailAddress.address.why,
    )  # fmt: skip
