"""How the ledger stands: walks along its chain, heads kept outside, and who read how much. Clause 5.1.1f."""

from datetime import timedelta
from typing import Any

from flask import abort
from flask_login import current_user
from sqlalchemy import select

from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page
from app.foundation.alarms import Alarm
from app.foundation.chain_check import ALARM as LEDGER
from app.foundation.chain_check import LedgerCheck
from app.foundation.chain_heads import heads_file, last_head
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.permissions import requires
from app.foundation.reading_counts import reads_by_purpose
from app.foundation.unusual_reading import ALARM as READING
from app.foundation.unusual_reading import looked_into, readings_by_person

SHOWN = 14
BUTTON = "audit.looked_into"


@bp.get("/audit")
@requires("audit.read")
def audit() -> Any:
    session = db.session()
    checks = session.scalars(select(LedgerCheck).order_by(LedgerCheck.at.desc()).limit(SHOWN)).all()
    readings = readings_by_person(session, now() - timedelta(days=1))
    return page(
        "audit", checks=checks, head=last_head(heads_file()), readings=readings, names=names_by_reference(session),
        purposes=reads_by_purpose(session, today()), ledger=session.get(Alarm, LEDGER),
        reading=session.get(Alarm, READING), button=BUTTON,
    )  # fmt: skip


@bp.post("/audit/readings")
@requires("audit.read")
def look_into_readings() -> Any:
    if not button_pressed(BUTTON):
        abort(400)
    looked_into(current_user.audit_ref, now())
    return done("readings_looked_into", "backoffice.audit")
