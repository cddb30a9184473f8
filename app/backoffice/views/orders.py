"""The order desk: the list, one order, and every button that the lifecycle's table allows."""

from functools import partial
from typing import Any

from flask import abort, redirect, request
from flask_login import current_user

from app.accounts.codes import address_key_of
from app.backoffice.finding import count_by_state, looks_mistyped, orders_wanted, search_text
from app.backoffice.forms.orders import ConfirmRemittanceForm, UnmaskForm
from app.backoffice.forms.shipping import ReportForm, ship_form
from app.backoffice.order_page import facts_of
from app.backoffice.paging import page_of
from app.backoffice.unmasking import audit_ref_of, masked_consignee, prove, unmask
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, reader, url_of_page, wanted_page, where_done
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import requires
from app.orders.cancelling import cancel
from app.orders.lifecycle import CANCELLED, STATES
from app.orders.models import Order, OrderPart
from app.orders.queries import order_numbered
from app.orders.receiving import complete
from app.payments.applying import Received, ReferenceReused
from app.payments.approving import Approval, AskedAlready, confirm
from app.payments.confirming import ImpossibleDay
from app.shipping.queries import machine_lines

PART = "/orders/<number>/parts/<int(max=1000):position>"


@bp.get("/orders")
@requires("orders.read")
def orders() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    text = search_text(request.args.get("q"))
    rows, pager = page_of(db.session(), orders_wanted(state, text), wanted_page(), url_of_page)
    consignees = {order.id: masked_consignee(order) for order in rows}
    return page(
        "orders", orders=rows, pager=pager, consignees=consignees, counts=count_by_state(db.session()), states=STATES,
        state=state, text=text, mistyped=looks_mistyped(text),
    )  # fmt: skip


@bp.get("/orders/<number>")
@requires("orders.read")
def order(number: str) -> Any:
    return order_page(order_numbered(db.session(), number))


@bp.post("/orders/<number>/payment")
@requires("remittances.confirm")
@answers_once
def confirm_payment(number: str) -> Any:
    found = order_numbered(db.session(), number)
    form = ConfirmRemittanceForm(prefix="payment-", due=found.due_now)
    if not form.validate_on_submit():
        return order_page(found, 422, payment=form)
    try:
        act = partial(confirm, found.id, *form.received(), actor(), now())
        where = once(this_sending(), lambda: where_it_went(act()), now())
    except (ReferenceReused, AskedAlready) as refusal:
        form.reference.errors = [*form.reference.errors, refusal.text]
        return order_page(found, 422, payment=form)
    except ImpossibleDay as refusal:
        form.received_on.errors = [*form.received_on.errors, refusal.text]
        return order_page(found, 422, payment=form)
    return redirect(where, 303)


@bp.post(f"{PART}/completion")
@requires("orders.ship")
def complete_part(number: str, position: int) -> Any:
    found = order_numbered(db.session(), number)
    part = part_of(found, position)
    return press(found, "part_completed", "backoffice.complete", lambda: complete(part.id, actor(), now()))


@bp.post("/orders/<number>/cancellation")
@requires("orders.cancel")
def cancel_order(number: str) -> Any:
    found = order_numbered(db.session(), number)
    return press(found, "order_cancelled_by_staff", "backoffice.cancel", lambda: cancel(found.id, actor(), now()))


@bp.post("/orders/<number>/consignee")
@limiter.limit("20/minute")
@requires("consignee.unmask")
def unmask_consignee(number: str) -> Any:
    """The whole consignee in this one answer, which nothing keeps; the reading is on the ledger."""
    found, at = order_numbered(db.session(), number), now()
    form = UnmaskForm(prefix="unmask-", needs_proof=not reader().has_proven_lately(at))
    if not form.validate_on_submit():
        return order_page(found, 422, unmasking=form)
    if form.needs_proof:
        try:
            prove(current_user, form.password.data, address_key=address_key_of(request.remote_addr or "", at))
        except BusinessError as refusal:
            form.password.errors = [*form.password.errors, refusal.text]
            return order_page(found, 422, unmasking=form)
    try:
        revealed = unmask(found, reader(), form.reason.data, at, subject=audit_ref_of(db.session(), found))
    except BusinessError as refusal:
        return order_page(found, refusal.status, refusal=refusal.text)
    return order_page(found, revealed=revealed)


def where_it_went(received: Received | Approval) -> str:
    """Money that the order took is said on its page; money that lies or waits somewhere, there."""
    if isinstance(received, Approval):
        return where_done("second_person", "backoffice.approvals")
    order, receipt = received.order, received.receipt
    if receipt.rest:
        code = "payment_late" if order.state == CANCELLED else "payment_surplus"
        return where_done(code, "backoffice.receipt", receipt_id=receipt.id)
    code = "payment_partial" if order.due_now else "payment_confirmed"
    return where_done(code, "backoffice.order", number=order.number)


def part_of(found: Order, position: int) -> OrderPart:
    """Raises NotFound."""
    for part in found.parts:
        if part.position == position:
            return part
    raise NotFound


def press(found: Order, code: str, button: str, act: Any) -> Any:
    """A button without fields: do it, or show the order as it stands with what stood in the way."""
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.order", number=found.number)
    except BusinessError as refusal:
        return order_page(order_numbered(db.session(), found.number), refusal.status, refusal=refusal.text)


def order_page(found: Order, status: int = 200, **more: Any) -> Any:
    """The order with the forms that its state and the person's role allow; `more` holds forms that were sent."""
    shipments = more.pop("shipments", {})
    machines = machine_lines(db.session(), found)
    forms = {
        "payment": ConfirmRemittanceForm(None, prefix="payment-", due=found.due_now),
        "unmasking": UnmaskForm(None, prefix="unmask-", needs_proof=not reader().has_proven_lately(now())),
        "shipments": {
            part.position: shipments.get(part.position)
            or ship_form(part, machines)(None, prefix=f"part{part.position}-")
            for part in found.parts
        },
    }
    facts = facts_of(db.session(), found, actor(), current_user)
    reports = more.pop("reports", {})
    forms["reports"] = {
        parcel.id: reports.get(parcel.id) or ReportForm(None, prefix=f"report{part_id}-{parcel.position}-")
        for part_id, parcels in facts["parcels_of"].items()
        for parcel in parcels
    }
    return page("order", status, order=found, **facts, **{**forms, **more})
