"""The manager's list of staff."""

from typing import Any

from flask import abort
from flask_login import current_user

from app.accounts.undertakings import undertakings_of
from app.backoffice.staffing import STATES, last_seen, let_in, shut_out, staff_accounts
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page
from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.permissions import ROLES, STAFF_ROLES, requires
from app.foundation.personal_data import Purpose, masked, purpose

ACCOUNT = "/staff/<int(max=9223372036854775807):account_id>"


@bp.get("/staff")
@requires("staff.manage")
def staff() -> Any:
    accounts = list(db.session.scalars(staff_accounts()))
    with purpose(Purpose.SECURITY):
        rows = [(account, account.name, masked(account, "phone")) for account in accounts]
    signed = undertakings_of(db.session(), [account.audit_ref for account in accounts], today())
    roles = {role: sorted(ROLES[role]) for role in sorted(STAFF_ROLES)}
    return page(
        "staff",
        rows=rows,
        seen=last_seen(db.session(), accounts),
        states=STATES,
        roles=roles,
        signed=signed,
        on=today(),
    )


@bp.post(f"{ACCOUNT}/exclusion")
@requires("staff.manage")
def shut_out_staff(account_id: int) -> Any:
    if not button_pressed("backoffice.staff"):
        abort(400)
    shut_out(account_id, current_user)
    return done("staff_shut_out", "backoffice.staff")


@bp.post(f"{ACCOUNT}/admission")
@requires("staff.manage")
def let_in_staff(account_id: int) -> Any:
    if not button_pressed("backoffice.staff"):
        abort(400)
    let_in(account_id, current_user)
    return done("staff_let_in", "backoffice.staff")
