"""New versions of the policy, agreement and rules: what they change, and who approves. Clauses P.3, 6.2."""

from collections.abc import Callable
from typing import Any

from flask import abort, g
from flask_login import current_user

from app.accounts.announcing import deliveries_of
from app.backoffice.policy_words import CLASSES, FINDINGS, MARKS
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.foundation.recipients import RECIPIENTS
from app.privacy.demanding import demanded_changes
from app.privacy.publications import published_rows
from app.privacy.publishing import FilesChanged, approve, proposal_of, waiting_rows, withdraw
from app.privacy.words import TITLES

PROPOSAL = "/policy/<int(max=9223372036854775807):publication_id>"


@bp.get("/policy")
@requires("policy.publish")
def policy_versions() -> Any:
    return _page()


@bp.post(f"{PROPOSAL}/approval")
@requires("policy.publish")
@answers_once
def approve_version(publication_id: int) -> Any:
    return _press("policy.approve", lambda: approve(publication_id, actor(), now()), "version_approved")


@bp.post(f"{PROPOSAL}/withdrawal")
@requires("policy.publish")
@answers_once
def withdraw_version(publication_id: int) -> Any:
    return _press("policy.withdraw", lambda: withdraw(publication_id, actor(), now()), "version_withdrawn")


def _press(button: str, act: Callable[[], object], code: str) -> Any:
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.policy_versions")
    except BusinessError as refusal:
        return _page(refusal.status, refusal.text)


def _page(status: int = 200, refusal: Any = None) -> Any:
    session = db.session()
    waiting = waiting_rows(session)
    try:
        proposals, unreadable = [proposal_of(row) for row in waiting], []
    except FilesChanged as changed:
        proposals, unreadable, refusal = [], list(waiting), changed.text
    return page(
        "policy_versions", status, proposals=proposals, unreadable=unreadable, refusal=refusal,
        me=current_user.audit_ref, published=list(published_rows(session))[::-1], delivered=deliveries_of(session),
        demanded=list(session.scalars(demanded_changes())), recipients=RECIPIENTS,
        titles=TITLES, classes=CLASSES, marks=MARKS, findings=FINDINGS, locale=g.locale,
    )  # fmt: skip
