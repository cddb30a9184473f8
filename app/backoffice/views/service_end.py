"""The end of the service: its last day, two people, and how many were told. Clause 5.2.3."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_login import current_user

from app.accounts.after_the_end import accounts_left
from app.accounts.ending import people_told
from app.backoffice.forms.service_end import AnnounceEndForm, LastDayForm
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page
from app.backoffice.views.payee import proves
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.privacy.policy import deadline
from app.privacy.service_end import (
    PERMISSION,
    announce_end,
    announced,
    propose_calling_off,
    propose_end,
    proposed_ends,
    withdraw_end,
)

PROPOSAL = "/service-end/<int(max=9223372036854775807):end_id>"


@bp.get("/service-end")
@requires(PERMISSION)
def service_end() -> Any:
    return _page()


@bp.post("/service-end")
@requires(PERMISSION)
@answers_once
def propose_last_day() -> Any:
    form = LastDayForm()
    if not form.validate_on_submit() or not proves(form):
        return _page(form, 422)
    try:
        return do_once(lambda: propose_end(form.day(), actor(), now()), "end_proposed", "backoffice.service_end")
    except BusinessError as refusal:
        form.last_day.errors = [*form.last_day.errors, refusal.text]
        return _page(form, refusal.status)


@bp.post("/service-end/calling-off")
@requires(PERMISSION)
@answers_once
def propose_calling_end_off() -> Any:
    form = AnnounceEndForm(prefix="off-")
    if not form.validate_on_submit() or not proves(form):
        return _page(status=422, calling_off=form)
    return _answer(lambda: propose_calling_off(actor(), now()), "calling_off_proposed")


@bp.post(f"{PROPOSAL}/announcement")
@requires(PERMISSION)
@answers_once
def announce_last_day(end_id: int) -> Any:
    form = AnnounceEndForm(prefix="announce-")
    if not form.validate_on_submit() or not proves(form):
        return _page(status=422, announcing=form)
    return _answer(lambda: announce_end(end_id, actor(), now()), "end_announced")


@bp.post(f"{PROPOSAL}/withdrawal")
@requires(PERMISSION)
@answers_once
def withdraw_last_day(end_id: int) -> Any:
    if not button_pressed("end.withdraw"):
        abort(400)
    return _answer(lambda: withdraw_end(end_id, actor(), now()), "end_withdrawn")


def _answer(act: Callable[[], object], code: str) -> Any:
    try:
        return do_once(act, code, "backoffice.service_end")
    except BusinessError as refusal:
        return _page(status=refusal.status, refusal=refusal.text)


def _page(
    form: LastDayForm | None = None,
    status: int = 200,
    refusal: Any = None,
    announcing: AnnounceEndForm | None = None,
    calling_off: AnnounceEndForm | None = None,
) -> Any:
    session = db.session()
    end = announced(session)
    return page(
        "service_end", status, end=end, told=people_told(session, end.id) if end else {},
        proposal=session.scalars(proposed_ends()).one_or_none(), form=form or LastDayForm(None), refusal=refusal,
        announcing=announcing or AnnounceEndForm(None, prefix="announce-"),
        calling_off=calling_off or AnnounceEndForm(None, prefix="off-"), me=current_user.audit_ref,
        accounts_left=accounts_left(), notice_days=deadline("service_end.notice").days,
    )  # fmt: skip
