"""Who outside may be given data, and their papers: one person records, another confirms. Clauses 4.1.3a, 4.1.4."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, g
from flask_login import current_user

from app.backoffice.forms.recipients import AgreementForm, AssessmentForm
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.privacy.partners import (
    MANAGE,
    confirm_agreement,
    confirm_assessment,
    record_agreement,
    record_assessment,
    standings,
    withdraw_agreement,
    withdraw_assessment,
)

RECIPIENT = "/recipients/<name>"
PAPER = f"{RECIPIENT}/<papers>/<int(max=9223372036854775807):paper_id>"
CONFIRM = {"agreements": confirm_agreement, "assessments": confirm_assessment}
WITHDRAW = {"agreements": withdraw_agreement, "assessments": withdraw_assessment}
BUTTON = "recipients.paper"


@bp.get("/recipients")
@requires(MANAGE)
def recipients() -> Any:
    return page("recipients", standings=standings(db.session(), today()), locale=g.locale)


@bp.get(RECIPIENT)
@requires(MANAGE)
def recipient(name: str) -> Any:
    return _page(name)


@bp.post(f"{RECIPIENT}/agreements")
@requires(MANAGE)
@answers_once
def add_agreement(name: str) -> Any:
    form = AgreementForm(prefix="agreement-")
    if not form.validate_on_submit():
        return _page(name, 422, agreement=form)
    try:
        return _once(name, lambda: record_agreement(name, form.paper(), actor(), now()), "agreement_recorded")
    except BusinessError as refusal:
        form.ends_on.errors = [*form.ends_on.errors, refusal.text]
        return _page(name, refusal.status, agreement=form)


@bp.post(f"{RECIPIENT}/assessments")
@requires(MANAGE)
@answers_once
def add_assessment(name: str) -> Any:
    form = AssessmentForm(prefix="assessment-")
    if not form.validate_on_submit():
        return _page(name, 422, assessment=form)
    return _once(name, lambda: record_assessment(name, form.paper(), actor(), now()), "assessment_recorded")


@bp.post(f"{PAPER}/confirmation")
@requires(MANAGE)
@answers_once
def confirm_paper(name: str, papers: str, paper_id: int) -> Any:
    return _press(name, lambda: _known(CONFIRM, papers)(paper_id, actor(), now()), "paper_confirmed")


@bp.post(f"{PAPER}/withdrawal")
@requires(MANAGE)
@answers_once
def withdraw_paper(name: str, papers: str, paper_id: int) -> Any:
    return _press(name, lambda: _known(WITHDRAW, papers)(paper_id, actor(), now()), "paper_withdrawn")


def _known(acts: Mapping[str, Callable[..., object]], papers: str) -> Callable[..., object]:
    """Raises NotFound for papers of a kind that there is not."""
    if papers not in acts:
        raise NotFound
    return acts[papers]


def _once(name: str, act: Callable[[], object], notice: str) -> Any:
    return do_once(act, notice, "backoffice.recipient", name=name)


def _press(name: str, act: Callable[[], object], notice: str) -> Any:
    if not button_pressed(BUTTON):
        abort(400)
    try:
        return _once(name, act, notice)
    except BusinessError as refusal:
        return _page(name, refusal.status, refusal=refusal.text)


def _page(name: str, status: int = 200, **more: Any) -> Any:
    found = next((each for each in standings(db.session(), today()) if each.recipient.code == name), None)
    if found is None:
        abort(404)
    forms = {
        "agreement": AgreementForm(None, prefix="agreement-"),
        "assessment": AssessmentForm(None, prefix="assessment-"),
    }
    return page(
        "recipient", status, standing=found, me=current_user.audit_ref, locale=g.locale, button=BUTTON, on=today(),
        **{"refusal": None, **forms, **more},
    )  # fmt: skip
