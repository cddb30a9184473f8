"""What waits for a second person: shown to all of finance, confirmed by anybody but who asked. Clause 1.1.5a."""

from typing import Any

from flask import abort
from flask_login import current_user

from app.backoffice.bank_pages import orders_of_approvals
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import may, requires
from app.payments.approving import approve, limit, waiting_approvals, withdraw

APPROVAL = "/approvals/<int(max=9223372036854775807):approval_id>"


@bp.get("/approvals")
@requires("remittances.read")
def approvals() -> Any:
    return _page()


@bp.post(f"{APPROVAL}/confirmation")
@requires("remittances.confirm")
@answers_once
def give_approval(approval_id: int) -> Any:
    return _press("approvals.give", lambda: approve(approval_id, actor(), now()), "approval_given")


@bp.post(f"{APPROVAL}/withdrawal")
@requires("remittances.confirm")
@answers_once
def withdraw_approval(approval_id: int) -> Any:
    return _press("approvals.withdraw", lambda: withdraw(approval_id, actor(), now()), "approval_withdrawn")


def _press(button: str, act: Any, code: str) -> Any:
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.approvals")
    except BusinessError as refusal:
        return _page(refusal.status, refusal.text)


def _page(status: int = 200, refusal: Any = None) -> Any:
    rows, pager = page_of(db.session(), waiting_approvals(), wanted_page(), url_of_page)
    return page(
        "approvals", status, approvals=rows, pager=pager, orders=orders_of_approvals(db.session(), rows), limit=limit(),
        refusal=refusal, me=current_user.audit_ref, may_confirm=may(current_user, "remittances.confirm"),
    )  # fmt: skip
