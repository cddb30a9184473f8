"""The staff's home: what needs doing today, and the head of each queue."""

from typing import Any

from flask_login import current_user

from app.accounts.undertakings import undertaking_of
from app.backoffice.today import TASKS, how_much
from app.backoffice.views import bp
from app.backoffice.views.answers import page
from app.foundation.alarms import standing
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.permissions import may, requires
from app.orders.queries import awaiting_shipment
from app.payments.queries import expected_remittances

SHOWN = 8


@bp.get("")
@requires("desk.open")
def desk() -> Any:
    at = now()
    mine = [task for task in TASKS if may(current_user, task.permission)]
    ships, reads_money = may(current_user, "orders.ship"), may(current_user, "remittances.read")
    parts = db.session.scalars(awaiting_shipment().limit(SHOWN)).all() if ships else None
    expected = db.session.scalars(expected_remittances().limit(SHOWN)).all() if reads_money else None
    tasks = how_much(db.session(), mine, at)
    undertaking = undertaking_of(db.session(), current_user.audit_ref, today())
    return page("home", tasks=tasks, parts=parts, expected=expected, at=at, alarms=standing(db.session()),
        undertaking=undertaking, on=today(),
    )  # fmt: skip
