"""The refund desk: what waits, one refund, its approval, and the money that was sent back. Clauses 1.1.5a, 5.1.1e."""

from functools import partial
from typing import Any

from flask import abort, request
from flask_login import current_user

from app.accounts.codes import address_key_of
from app.backoffice.forms.orders import ReadAccountForm
from app.backoffice.forms.refunds import PayoutForm
from app.backoffice.paging import page_of
from app.backoffice.refund_pages import rights_of
from app.backoffice.unmasking import masked_account, prove, read_account
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, reader, url_of_page, wanted_page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.payments.models import Payout
from app.refunds.approving import approve, refuse
from app.refunds.errors import ImpossiblePayoutDay
from app.refunds.models import Refund
from app.refunds.payee_form import PayeeForm
from app.refunds.payees import give_payee
from app.refunds.paying import paid_out, pay_by_transfer
from app.refunds.queries import count_by_state, refund_numbered, refunds_in
from app.refunds.vocabulary import ASKED, STATES

REFUND = "/refunds/<number>"
PAYOUT = f"{REFUND}/payouts/<int(max=9223372036854775807):payout_id>"


@bp.get("/refunds")
@requires("refunds.read")
def refunds() -> Any:
    state = request.args.get("state", ASKED)
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), refunds_in(state), wanted_page(), url_of_page)
    counts = count_by_state(db.session())
    return page("refunds", refunds=rows, pager=pager, counts=counts, states=STATES, state=state)


@bp.get(REFUND)
@requires("refunds.read")
def refund(number: str) -> Any:
    return _page(refund_numbered(db.session(), number))


@bp.post(f"{REFUND}/approval")
@requires("refunds.approve")
@answers_once
def approve_refund(number: str) -> Any:
    return _press(number, "refunds.approve", approve, "refund_approved")


@bp.post(f"{REFUND}/refusal")
@requires("refunds.ask")
@answers_once
def refuse_refund(number: str) -> Any:
    return _press(number, "refunds.refuse", refuse, "refund_refused")


@bp.post(f"{REFUND}/account")
@requires("refunds.pay")
@answers_once
def give_account(number: str) -> Any:
    found, form = refund_numbered(db.session(), number), PayeeForm(prefix="account-")
    if not form.validate_on_submit() or (account := form.account()) is None:
        return _page(found, 422, account_form=form)
    try:
        act = partial(give_payee, found.id, account, actor(), now())
        return do_once(act, "refund_account", "backoffice.refund", number=number)
    except BusinessError as refusal:
        return _page(refund_numbered(db.session(), number), refusal.status, refusal=refusal.text)


@bp.post(f"{REFUND}/account/reading")
@limiter.limit("20/minute")
@requires("refunds.pay")
def read_refund_account(number: str) -> Any:
    """The whole account in this one answer, which nothing keeps; the reading is on the ledger."""
    found, at = refund_numbered(db.session(), number), now()
    form = ReadAccountForm(prefix="read-", needs_proof=not reader().has_proven_lately(at))
    if not form.validate_on_submit():
        return _page(found, 422, reading=form)
    try:
        if form.needs_proof:
            prove(current_user, form.password.data, address_key=address_key_of(request.remote_addr or "", at))
    except BusinessError as refusal:
        form.password.errors = [*form.password.errors, refusal.text]
        return _page(found, 422, reading=form)
    try:
        return _page(found, account=read_account(found, reader(), form.reason.data, at), is_whole=True)
    except BusinessError as refusal:
        return _page(found, refusal.status, refusal=refusal.text)


@bp.post(f"{PAYOUT}/number")
@limiter.limit("20/minute")
@requires("refunds.pay")
@answers_once
def record_payout(number: str, payout_id: int) -> Any:
    found = refund_numbered(db.session(), number)
    form = _payout_form(_payout_of(found, payout_id), sent=True)
    if not form.validate_on_submit():
        return _page(found, 422, payout_forms={payout_id: form})
    try:
        if form.needs_proof:
            prove(current_user, form.password.data, address_key=address_key_of(request.remote_addr or "", now()))
    except BusinessError as refusal:
        form.password.errors = [*form.password.errors, refusal.text]
        return _page(found, 422, payout_forms={payout_id: form})
    return _send(found, form, payout_id)


@bp.post(f"{PAYOUT}/transfer")
@requires("refunds.pay")
@answers_once
def send_by_transfer(number: str, payout_id: int) -> Any:
    payout = _payout_of(refund_numbered(db.session(), number), payout_id)
    return _press(
        number, "refunds.transfer", lambda _, by, at: pay_by_transfer(payout.id, by, at), "refund_by_transfer"
    )


def _send(found: Refund, form: PayoutForm, payout_id: int) -> Any:
    try:
        act = partial(paid_out, payout_id, *form.sent(), actor(), now())
        return do_once(act, "refund_sent", "backoffice.refund", number=found.number)
    except BusinessError as refusal:
        field = form.paid_on if isinstance(refusal, ImpossiblePayoutDay) else form.reference
        field.errors = [*field.errors, refusal.text]
        return _page(refund_numbered(db.session(), found.number), refusal.status, payout_forms={payout_id: form})


def _press(number: str, button: str, act: Any, code: str) -> Any:
    """A button without fields: do it, or show the refund as it stands with what stood in the way."""
    found = refund_numbered(db.session(), number)
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(lambda: act(found.id, actor(), now()), code, "backoffice.refund", number=number)
    except BusinessError as refusal:
        return _page(refund_numbered(db.session(), number), refusal.status, refusal=refusal.text)


def _payout_of(found: Refund, payout_id: int) -> Payout:
    """Raises NotFound."""
    for payout in found.payouts:
        if payout.id == payout_id:
            return payout
    raise NotFound


def _payout_form(payout: Payout, *, sent: bool = False) -> PayoutForm:
    needs_proof = not reader().has_proven_lately(now())
    if sent:
        return PayoutForm(prefix=f"payout{payout.id}-", needs_proof=needs_proof)
    form = PayoutForm(None, prefix=f"payout{payout.id}-", needs_proof=needs_proof)
    form.paid_on.process_data(today())
    return form


def _page(found: Refund, status: int = 200, **more: Any) -> Any:
    forms = {payout.id: _payout_form(payout) for payout in found.payouts if not payout.is_paid}
    forms |= more.pop("payout_forms", {})
    needs_proof = not reader().has_proven_lately(now())
    shown = {
        "account": masked_account(found.payee) if found.payee else None,
        "is_whole": False,
        "reading": ReadAccountForm(None, prefix="read-", needs_proof=needs_proof),
        "account_form": PayeeForm(None, prefix="account-"),
        **more,
    }
    return page(
        "refund", status, refund=found, payout_forms=forms, me=current_user.audit_ref, **rights_of(current_user),
        **shown,
    )  # fmt: skip
