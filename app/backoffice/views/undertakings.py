"""The undertakings of one member of the staff: recorded and ended by a manager who is somebody else. Clause 5.1.2b."""

from typing import Any

from flask import abort
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.undertaking import record_undertaking, withdraw_undertakings
from app.accounts.undertakings import StaffUndertaking
from app.backoffice.forms.staff import UndertakingForm
from app.backoffice.staffing import names_by_reference, staff_accounts
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires

UNDERTAKINGS = "/staff/<int(max=9223372036854775807):account_id>/undertakings"
BUTTON = "staff.undertakings"


@bp.get(UNDERTAKINGS)
@requires("staff.manage")
def undertakings(account_id: int) -> Any:
    return _page(_member(account_id))


@bp.post(UNDERTAKINGS)
@requires("staff.manage")
@answers_once
def add_undertaking(account_id: int) -> Any:
    member, form = _member(account_id), UndertakingForm()
    if not form.validate_on_submit():
        return _page(member, 422, form)
    try:
        return _once(member, lambda: record_undertaking(member, form.paper(), actor(), now()), "undertaking_recorded")
    except BusinessError as refusal:
        form.ends_on.errors = [*form.ends_on.errors, refusal.text]
        return _page(member, refusal.status, form)


@bp.post(f"{UNDERTAKINGS}/withdrawal")
@requires("staff.manage")
@answers_once
def end_undertakings(account_id: int) -> Any:
    if not button_pressed(BUTTON):
        abort(400)
    member = _member(account_id)
    return _once(member, lambda: withdraw_undertakings(member, actor(), now()), "undertaking_ended")


def _once(member: Account, act: Any, notice: str) -> Any:
    return do_once(act, notice, "backoffice.undertakings", account_id=member.id)


def _member(account_id: int) -> Account:
    found = db.session.scalars(staff_accounts().where(Account.id == account_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _page(member: Account, status: int = 200, form: UndertakingForm | None = None) -> Any:
    mine = select(StaffUndertaking).where(StaffUndertaking.account_ref == member.audit_ref)
    rows = db.session.scalars(mine.order_by(StaffUndertaking.ends_on.desc(), StaffUndertaking.id)).all()
    name = names_by_reference(db.session())[member.audit_ref]
    return page(
        "undertakings", status, member=member, name=name, rows=rows, form=form or UndertakingForm(None), on=today(),
        button=BUTTON,
    )  # fmt: skip
