"""A clerk asks for a refund of an order by line, quantity and freight, or for what a receipt has left over."""

from functools import partial
from typing import Any

from flask import redirect, request

from app.backoffice.forms.refunds import AskRefundForm, AskSurplusForm, refund_form
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, page, where_done
from app.backoffice.views.receipts import RECEIPT
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.money import Money
from app.foundation.permissions import requires
from app.orders.models import Order
from app.orders.queries import order_numbered
from app.payments.models import Receipt
from app.payments.queries import receipt_with_orders
from app.refunds.asking import ask
from app.refunds.errors import NotThatMuchPaid, RefusedOf
from app.refunds.late import compensation_due
from app.refunds.surplus import ask_surplus
from app.refunds.vocabulary import LATE_DELIVERY

LATENESS = "lateness"


@bp.get("/orders/<number>/refund")
@requires("refunds.ask")
def refund_form_of_order(number: str) -> Any:
    """With `for=lateness` filled in with what late shipping costs us by the order's terms."""
    found = order_numbered(db.session(), number)
    form, due = refund_form(found)(None), compensation_due(db.session(), found, now())
    is_offered = request.args.get("for") == LATENESS
    if is_offered:
        form.offer(LATE_DELIVERY, due)
    return page("refund_ask", order=found, form=form, late=Money.total(due.values()), is_offered=is_offered)


@bp.post("/orders/<number>/refund")
@requires("refunds.ask")
@answers_once
def ask_refund(number: str) -> Any:
    found = order_numbered(db.session(), number)
    form = refund_form(found)()
    if not form.validate_on_submit():
        return page("refund_ask", 422, order=found, form=form)
    try:
        return redirect(once(this_sending(), partial(_ask, found, form), now()), 303)
    except RefusedOf as refusal:
        said = None if form.refuse(refusal) else refusal.text
        return page("refund_ask", refusal.status, order=found, form=form, refusal=said)
    except BusinessError as refusal:
        return page("refund_ask", refusal.status, order=found, form=form, refusal=refusal.text)


@bp.get(f"{RECEIPT}/refund")
@requires("refunds.ask")
def surplus_form_of_receipt(receipt_id: int) -> Any:
    found = receipt_with_orders(db.session(), receipt_id)
    form = AskSurplusForm(None)
    form.amount.process_data(found.rest)
    return page("refund_surplus", receipt=found, form=form)


@bp.post(f"{RECEIPT}/refund")
@requires("refunds.ask")
@answers_once
def ask_surplus_refund(receipt_id: int) -> Any:
    found, form = receipt_with_orders(db.session(), receipt_id), AskSurplusForm()
    if not form.validate_on_submit():
        return page("refund_surplus", 422, receipt=found, form=form)
    try:
        return redirect(once(this_sending(), partial(_ask_surplus, found, form), now()), 303)
    except NotThatMuchPaid as refusal:
        form.amount.errors = [*form.amount.errors, refusal.text]
        return page("refund_surplus", 422, receipt=receipt_with_orders(db.session(), receipt_id), form=form)


def _ask(order: Order, form: AskRefundForm) -> str:
    with transaction() as session:
        said = (form.reductions(), form.freight(), form.reason.data)
        refund = ask(session, order.id, *said, actor(), now(), payee=form.account())
    return where_done("refund_asked", "backoffice.refund", number=refund.number)


def _ask_surplus(receipt: Receipt, form: AskSurplusForm) -> str:
    with transaction() as session:
        refund = ask_surplus(session, receipt.id, form.wanted(), actor(), now(), payee=form.account())
    return where_done("refund_asked", "backoffice.refund", number=refund.number)
