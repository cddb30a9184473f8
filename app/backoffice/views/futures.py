"""The desk of futures: balances that are awaited, what late shipping costs, and months that move away."""

from functools import partial
from typing import Any

from flask_login import current_user
from sqlalchemy import func, select

from app.backoffice.forms.futures import PostponeForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page
from app.backoffice.views.orders import PART, part_of
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.idempotency import answers_once
from app.foundation.permissions import may, requires
from app.orders.balancing import balances_awaited, delays_of, parts_delayed
from app.orders.postponing import postpone
from app.orders.queries import order_numbered
from app.refunds.people import ASK

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
        delays=delays_of(session, late, at), pager=pager, may_ask=may(current_user, ASK),
    )  # fmt: skip


@bp.get(f"{PART}/month")
@requires("orders.ship")
def later_month(number: str, position: int) -> Any:
    return _month_page(number, position, PostponeForm(None))


@bp.post(f"{PART}/month")
@requires("orders.ship")
@answers_once
def announce_month(number: str, position: int) -> Any:
    part, form = part_of(order_numbered(db.session(), number), position), PostponeForm()
    if not form.validate_on_submit():
        return _month_page(number, position, form, 422)
    try:
        announce = partial(postpone, part.id, form.month.data or "", actor(), now())
        return do_once(announce, "month_announced", "backoffice.order", number=number)
    except BusinessError as refusal:
        form.month.errors = [*form.month.errors, refusal.text]
        return _month_page(number, position, form, refusal.status)


def _month_page(number: str, position: int, form: PostponeForm, status: int = 200) -> Any:
    order = order_numbered(db.session(), number)
    return page("later_month", status, order=order, part=part_of(order, position), form=form)
