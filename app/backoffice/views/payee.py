"""Our account for remittances: proposed by one person, confirmed by another. Clause 2.4."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_login import current_user

from app.backoffice.forms.payee import PayeeForm
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
    return _page(PayeeForm(None))


@bp.post("/payee")
@requires("payee.change")
@answers_once
def propose_account() -> Any:
    form = PayeeForm()
    if not form.validate_on_submit():
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
    return _press("payee.confirm", lambda: approve_payee(proposal_id, actor(), now()), "payee_changed")


@bp.post(f"{PROPOSAL}/withdrawal")
@requires("payee.change")
@answers_once
def withdraw_account(proposal_id: int) -> Any:
    return _press("payee.withdraw", lambda: withdraw_payee(proposal_id, actor(), now()), "payee_withdrawn")


def _press(button: str, act: Callable[[], object], code: str) -> Any:
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.payee")
    except BusinessError as refusal:
        return _page(PayeeForm(None), refusal.status, refusal.text)


def _page(form: PayeeForm, status: int = 200, refusal: Any = None) -> Any:
    session = db.session()
    return page(
        "payee", status, payee=our_payee(session), proposal=proposed_payee(session), form=form, refusal=refusal,
        me=current_user.audit_ref, may_change=may(current_user, CHANGE),
    )  # fmt: skip
