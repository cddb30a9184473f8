"""Unusual orders: a clerk looks at each and lets it go on or refuses it. Clause 2.4."""

from collections.abc import Callable
from typing import Any

from flask import abort

from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.orders.checking import CHECK, refuse, refused_and_paid, release, waiting_checks
from app.orders.queries import order_numbered

SHOWN = 50


@bp.get("/unusual")
@requires(CHECK)
def unusual() -> Any:
    return _page()


@bp.post("/unusual/<number>/release")
@requires(CHECK)
@answers_once
def release_order(number: str) -> Any:
    order = order_numbered(db.session(), number)
    return _press("unusual.release", lambda: release(order.id, actor(), now()), "check_released")


@bp.post("/unusual/<number>/refusal")
@requires(CHECK)
@answers_once
def refuse_order(number: str) -> Any:
    order = order_numbered(db.session(), number)
    return _press("unusual.refuse", lambda: refuse(order.id, actor(), now()), "check_refused")


def _press(button: str, act: Callable[[], None], code: str) -> Any:
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.unusual")
    except BusinessError as refusal:
        return _page(refusal.status, refusal.text)


def _page(status: int = 200, refusal: Any = None) -> Any:
    session = db.session()
    rows, pager = page_of(session, waiting_checks(), wanted_page(), url_of_page)
    refused = session.scalars(refused_and_paid().limit(SHOWN)).all()
    return page("unusual", status, orders=rows, pager=pager, refused=refused, refusal=refusal)
