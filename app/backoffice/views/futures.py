"""The desk of futures: balances that are awaited, and what late shipping costs."""

from typing import Any

from sqlalchemy import func, select

from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import page, url_of_page, wanted_page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.permissions import requires
from app.orders.balancing import balances_awaited, delays_of, parts_delayed

SHOWN = 50


@bp.get("/futures")
@requires("orders.read")
def futures() -> Any:
    session, at = db.session(), now()
    balances = session.scalars(balances_awaited().limit(SHOWN)).all()
    all_balances = session.scalar(select(func.count()).select_from(balances_awaited().order_by(None).subquery())) or 0
    late, pager = page_of(session, parts_delayed(at), wanted_page(), url_of_page)
    return page(
        "futures", balances=balances, balances_left=all_balances - len(balances), today=today(),
        delays=delays_of(session, late, at), pager=pager,
    )  # fmt: skip
