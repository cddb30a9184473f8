"""Unusual orders: a clerk looks at each, and on its page lets it go on or refuses it. Clause 2.4."""

from typing import Any

from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, page, url_of_page, wanted_page
from app.backoffice.views.orders import press
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.orders.checking import CHECK, refuse, refused_and_paid, release, waiting_checks
from app.orders.queries import order_numbered

SHOWN = 50


@bp.get("/unusual")
@requires(CHECK)
def unusual() -> Any:
    session = db.session()
    rows, pager = page_of(session, waiting_checks(), wanted_page(), url_of_page)
    refused = session.scalars(refused_and_paid().limit(SHOWN)).all()
    return page("unusual", orders=rows, pager=pager, refused=refused)


@bp.post("/orders/<number>/release")
@requires(CHECK)
@answers_once
def release_order(number: str) -> Any:
    found = order_numbered(db.session(), number)
    return press(found, "check_released", "unusual.release", lambda: release(found.id, actor(), now()))


@bp.post("/orders/<number>/refusal")
@requires(CHECK)
@answers_once
def refuse_order(number: str) -> Any:
    found = order_numbered(db.session(), number)
    return press(found, "check_refused", "unusual.refuse", lambda: refuse(found.id, actor(), now()))
