"""Registering: one page, sent once for the code and once to finish. Works without script."""

from flask import Response, g, request, url_for
from flask_login import current_user

from app.accounts.codes import TooManyCodes, WrongCode
from app.accounts.forms.entering import RegistrationForm
from app.accounts.models import Account
from app.accounts.numbers import national
from app.accounts.opening import NameTaken, NumberTaken
from app.accounts.password_rules import STRENGTH_WORDS, strength_of
from app.accounts.registering import (
    AgreementOutdated,
    Applicant,
    PasswordMissing,
    PendingRegistration,
    begin_registration,
    keep_registration,
    pending_registration,
    prove_number,
    register,
)
from app.accounts.signing_in import enter
from app.accounts.views.blueprint import address_key, bp, browser, go_on, page, place, wants_code, wrong
from app.foundation.clock import today
from app.foundation.http_edge import limiter
from app.foundation.personal_data import Kind, mask
from app.foundation.ways import own_path
from app.privacy.acceptance import offered_on
from app.privacy.policy import current_policy
from app.privacy.service_end import refuse_beginnings
from app.privacy.words import TITLES

FIELD_OF = {
    AgreementOutdated: "agreed",
    PasswordMissing: "password",
    WrongCode: "code",
    NameTaken: "name",
    NumberTaken: "mobile",
}


@bp.get("/register", endpoint="register")
def register_page() -> Response:
    if current_user.is_authenticated:
        return go_on(url_for("accounts.account"))
    refuse_beginnings()
    return _page(RegistrationForm())


@bp.post("/register", endpoint="register_post")
@limiter.limit("30/minute")
def register_post() -> Response:
    form = RegistrationForm()
    pending = pending_registration(form.pending.data)
    if wants_code():
        return _send(form, pending)
    if pending and form.number and pending.is_proven_for(form.number):
        form.code.validators = []
    if not form.validate_on_submit():
        return _page(form, _keeping(form, pending), status=422)
    try:
        pending = prove_number(_applicant(form), pending)
        account = register(_applicant(form), pending)
    except tuple(FIELD_OF) as refusal:
        return _page(form, _keeping(form, pending), status=wrong(form, refusal, FIELD_OF[type(refusal)]))
    return _welcome(account)


def _send(form: RegistrationForm, pending: PendingRegistration | None) -> Response:
    if not form.is_good_for_sending():
        return _page(form, pending, status=422)
    try:
        password = form.password.data or ""
        pending = begin_registration(form.number, password, pending, language=g.lang, address_key=address_key())
    except TooManyCodes as limit:
        return _page(form, pending, status=wrong(form, limit, "mobile"))
    return _page(form, pending, sent_to=mask(Kind.CONTACT, national(form.number)))


def _keeping(form: RegistrationForm, pending: PendingRegistration | None) -> PendingRegistration | None:
    """Keep a good password for the next try, as a page never sends one back."""
    if form.number and form.password.data and not form.password.errors:
        return keep_registration(form.number, form.password.data, pending)
    return pending


def _page(
    form: RegistrationForm, pending: PendingRegistration | None = None, *, status: int = 200, sent_to: str = ""
) -> Response:
    typed = form.password.data or ""
    form.versions.data = offered_on(today())
    form.pending.data = pending.token if pending else ""
    if form.agreed.errors and "agreed" in request.form and form.agreed.data:
        form.agreed.data = False
    return page(
        "register",
        status,
        form=form,
        offered={document: current_policy(today(), document) for document in TITLES},
        titles=TITLES,
        sent_to=sent_to,
        is_proven=bool(pending and form.number and pending.is_proven_for(form.number)),
        keeps_password=bool(pending and pending.kept_password_hash()),
        strength=STRENGTH_WORDS[strength_of(typed)] if typed and not form.password.errors else "",
        words="|".join(str(word) for word in STRENGTH_WORDS.values()),
    )


def _applicant(form: RegistrationForm) -> Applicant:
    return Applicant(
        name=form.name.data,
        number=form.number,
        password=form.password.data or "",
        code=form.code.data or "",
        agreed_versions=form.versions.data or "",
        language=g.lang,
    )


def _welcome(account: Account) -> Response:
    notices = enter(account, browser=browser(), place=place(), language=g.lang, just_opened=True)
    target = own_path(request.args.get("next"), url_for("accounts.account"))
    return go_on(target, ["registered", *notices])
