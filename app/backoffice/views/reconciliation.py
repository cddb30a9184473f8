"""Daily reconciliation: bank, receipts, allocations and orders held against each other, and what is still to come."""

from typing import Any

from app.backoffice.bank_pages import payers_of
from app.backoffice.views import bp
from app.backoffice.views.answers import page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.permissions import requires
from app.payments.reconciling import ages, days_of, reconcile, undecided_rows, unseen_receipts

NAMED = 50


@bp.get("/reconciliation")
@requires("remittances.read")
def reconciliation() -> Any:
    session = db.session()
    found = reconcile(session)
    rows = session.scalars(undecided_rows().limit(NAMED)).all()
    return page(
        "reconciliation", found=found, days=days_of(found, today()), ages=ages(session, now()), rows=rows,
        payers=payers_of(rows), receipts=session.scalars(unseen_receipts().limit(NAMED)).all(),
    )  # fmt: skip
