"""Money that arrived and lies unapplied: the desk, one receipt, and its use for an order."""

from functools import partial
from typing import Any

from flask import redirect
from flask_login import current_user

from app.backoffice.forms.orders import ApplyReceiptForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, page, url_of_page, wanted_page, where_done
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.money import ZERO
from app.foundation.permissions import may, requires
from app.orders.models import Order
from app.orders.queries import order_numbered
from app.payments.approving import Approval, use
from app.payments.models import Receipt
from app.payments.queries import receipt_with_orders, unapplied

RECEIPT = "/receipts/<int(max=9223372036854775807):receipt_id>"


@bp.get("/receipts")
@requires("remittances.read")
def receipts() -> Any:
    rows, pager = page_of(db.session(), unapplied(), wanted_page(), url_of_page)
    return page("receipts", receipts=rows, pager=pager)


@bp.get(RECEIPT)
@requires("remittances.read")
def receipt(receipt_id: int) -> Any:
    found = receipt_with_orders(db.session(), receipt_id)
    form = ApplyReceiptForm(None)
    form.amount.process_data(found.rest)
    return _page(found, form)


@bp.post(f"{RECEIPT}/allocations")
@requires("remittances.confirm")
@answers_once
def apply_receipt(receipt_id: int) -> Any:
    found, form = receipt_with_orders(db.session(), receipt_id), ApplyReceiptForm()
    if not form.validate_on_submit():
        return _page(found, form, 422)
    try:
        order = order_numbered(db.session(), form.number.data)
        moving = partial(use, found.id, order.id, form.amount.money or ZERO, actor(), now())
        return redirect(once(this_sending(), lambda: where_it_went(moving(), order), now()), 303)
    except NotFound as refusal:
        return _refused(found, form, form.number, refusal)
    except BusinessError as refusal:
        return _refused(found, form, form.amount, refusal)


def where_it_went(became: Receipt | Approval, order: Order) -> str:
    """To the order that got the money, or to what waits for a second person."""
    if isinstance(became, Approval):
        return where_done("second_person", "backoffice.approvals")
    return where_done("receipt_applied", "backoffice.order", number=order.number)


def _refused(found: Receipt, form: ApplyReceiptForm, field: Any, refusal: BusinessError) -> Any:
    field.errors = [*field.errors, refusal.text]
    return _page(receipt_with_orders(db.session(), found.id), form, 422)


def _page(found: Receipt, form: ApplyReceiptForm, status: int = 200) -> Any:
    may_confirm, may_refund = may(current_user, "remittances.confirm"), may(current_user, "refunds.ask")
    return page("receipt", status, receipt=found, form=form, may_confirm=may_confirm, may_refund=may_refund)
