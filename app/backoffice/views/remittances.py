"""Remittances awaited: the one whose hold ends first on top; found by code; with the voucher's picture."""

from typing import Any

from flask import Response, request
from sqlalchemy import select

from app.backoffice.finding import looks_mistyped, search_text
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, done, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.http_edge import personal_page
from app.foundation.permissions import requires
from app.foundation.uploads import STORED_TYPE
from app.orders.lifecycle import REMIND_BEFORE
from app.orders.models import Order
from app.orders.queries import order_numbered
from app.payments.models import Voucher
from app.payments.queries import expected_remittances, remittance_coded
from app.payments.vouchers import picture_for_staff

SHOWN = ("", "voucher", "due")


@bp.get("/remittances")
@requires("remittances.read")
def remittances() -> Any:
    text = search_text(request.args.get("q"))
    found = remittance_coded(db.session(), text) if text else None
    if found:
        return done("found_by_code", "backoffice.order", number=found.order.number)
    show = request.args.get("show", "")
    show = show if show in SHOWN else ""
    rows = expected_remittances()
    if show == "voucher":
        rows = rows.where(Order.id.in_(select(Voucher.order_id)))
    elif show == "due":
        rows = rows.where(Order.hold_until <= now() + REMIND_BEFORE)
    expected, pager = page_of(db.session(), rows, wanted_page(), url_of_page)
    ids = [remittance.order_id for remittance in expected]
    vouchers = {each.order_id: each for each in db.session.scalars(select(Voucher).where(Voucher.order_id.in_(ids)))}
    return page(
        "remittances", expected=expected, pager=pager, vouchers=vouchers, show=show, text=text, at=now(),
        mistyped=looks_mistyped(text),
    )  # fmt: skip


@bp.get("/orders/<number>/voucher")
@requires("remittances.read")
def voucher(number: str) -> Any:
    """The picture itself; each look is on the ledger."""
    picture = picture_for_staff(db.session(), order_numbered(db.session(), number), actor())
    return personal_page(Response(picture, mimetype=STORED_TYPE))
