"""Our account for remittances: proposed by one person, confirmed by another, each with a fresh code. Clause 2.4."""

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_login import current_user

from app.accounts.codes import address_key_of
from app.accounts.second_factor import use_second_factor
from app.backoffice.forms.payee import ConfirmPayeeForm, FreshFactorForm, PayeeForm
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import may, requires
from app.payments.payee import CHANGE, approve_payee, our_payee, propose_payee, proposed_payee, withdraw_payee

PROPOSAL = "/payee/<int(max=9223372036854775807):proposal_id>"


@bp.get("/payee")
@requires("remittances.read")
def payee() -> Any:
    return _page()


@bp.post("/payee")
@requires("payee.change")
@answers_once
def propose_account() -> Any:
    form = PayeeForm()
    if not form.validate_on_submit() or not proves(form):
        return _page(form, 422)
    try:
        return do_once(lambda: propose_payee(form.details(), actor(), now()), "payee_proposed", "backoffice.payee")
    except BusinessError as refusal:
        form.number.errors = [*form.number.errors, refusal.text]
        return _page(form, refusal.status)


@bp.post(f"{PROPOSAL}/confirmation")
@requires("payee.change")
@answers_once
def confirm_account(proposal_id: int) -> Any:
    form = ConfirmPayeeForm(prefix="confirm-")
    if not form.validate_on_submit() or not proves(form):
        return _page(status=422, confirming=form)
    return _answer(lambda: approve_payee(proposal_id, actor(), now()), "payee_changed")


@bp.post(f"{PROPOSAL}/withdrawal")
@requires("payee.change")
@answers_once
def withdraw_account(proposal_id: int) -> Any:
    if not button_pressed("payee.withdraw"):
        abort(400)
    return _answer(lambda: withdraw_payee(proposal_id, actor(), now()), "payee_withdrawn")


def proves(form: FreshFactorForm) -> bool:
    """Whether the code of a valid form is right; it is used up by that, whatever becomes of the act."""
    person, at = current_user._get_current_object(), now()
    try:
        use_second_factor(person, form.code.data or "", address_key=address_key_of(request.remote_addr or "", at))
    except BusinessError as refusal:
        form.code.errors = [*form.code.errors, refusal.text]
        return False
    return True


def _answer(act: Callable[[], object], code: str) -> Any:
    try:
        return do_once(act, code, "backoffice.payee")
    except BusinessError as refusal:
        return _page(status=refusal.status, refusal=refusal.text)


def _page(
    form: PayeeForm | None = None, status: int = 200, refusal: Any = None, confirming: ConfirmPayeeForm | None = None
) -> Any:
    session = db.session()
    return page(
        "payee", status, payee=our_payee(session), proposal=proposed_payee(session), form=form or PayeeForm(None),
        confirming=confirming or ConfirmPayeeForm(None, prefix="confirm-"), refusal=refusal,
        me=current_user.audit_ref, may_change=may(current_user, CHANGE),
    )  # fmt: skip
