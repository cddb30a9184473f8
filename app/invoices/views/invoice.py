"""The invoice of one's order: apply, take back, see where it stands, download the PDF."""

from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_download, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.personal_data import Purpose, purpose
from app.invoices.applying import InvoiceThere, NotToInvoice, TitleLacks, apply, withdraw
from app.invoices.billing import bill_of
from app.invoices.documents import content_of, own_document
from app.invoices.forms import ApplyForm
from app.invoices.showing import invoices_shown
from app.invoices.states import InvoiceMoved
from app.invoices.titles import TooManyTitles, title_from_company, titles_of
from app.invoices.views import bp
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.queries import own_order

INVOICE = "/orders/<number>/invoice"


@bp.get(INVOICE)
@login_required
def invoice(number: str) -> ResponseReturnValue:
    form = _form(None)
    if not form.saved and (known := title_from_company(db.session(), current_user.id)):
        form.typed.show(known)
    return _page(_own(number), form)


@bp.post(INVOICE, endpoint="apply")
@login_required
@limiter.limit("20/minute")
@answers_once
def apply_for_invoice(number: str) -> ResponseReturnValue:
    order, form = _own(number), _form()
    if not form.validate_on_submit():
        return _page(order, form, 422)

    def applying() -> str:
        apply(order.id, form.wish(), _buyer(), now())
        return url_for("invoices.invoice", number=number, done="invoice_applied")

    try:
        return redirect(once(this_sending(), applying, now()), 303)
    except (TitleLacks, TooManyTitles) as refusal:
        field = form.chosen if form.chosen.data in form.saved else form.typed.name
        field.errors = [*field.errors, refusal.text]
        return _page(order, form, refusal.status)
    except (InvoiceThere, NotToInvoice):
        return redirect(url_for("invoices.invoice", number=number, done="invoice_moved"), 303)


@bp.post(f"{INVOICE}/withdrawal")
@login_required
def withdraw_application(number: str) -> ResponseReturnValue:
    order = _own(number)
    if not button_pressed("invoices.withdraw"):
        return redirect(url_for("invoices.invoice", number=number, done="stale"), 303)

    def withdrawing() -> str:
        withdraw(order.id, _buyer(), now())
        return url_for("invoices.invoice", number=number, done="invoice_withdrawn")

    try:
        return redirect(once(this_sending(), withdrawing, now()), 303)
    except InvoiceMoved:
        return redirect(url_for("invoices.invoice", number=number, done="invoice_moved"), 303)


@bp.get("/orders/<number>/invoices/<int(max=9223372036854775807):document_id>.pdf")
@login_required
def document(number: str, document_id: int) -> ResponseReturnValue:
    """The PDF, to be saved and not shown: it never runs under our address."""
    found = own_document(db.session(), _own(number).id, document_id)
    return personal_download(content_of(found), "application/pdf", found.file_name)


def _own(number: str) -> Order:
    return own_order(db.session(), current_user.id, number)


def _buyer() -> Actor:
    return Actor("buyer", current_user.audit_ref)


def _form(*formdata: Any) -> ApplyForm:
    with purpose(Purpose.SERVICE):
        return ApplyForm(*formdata, saved=titles_of(db.session(), current_user.id))


def _page(order: Order, form: ApplyForm, status: int = 200) -> ResponseReturnValue:
    shown = invoices_shown(db.session(), order)
    page = render_template(
        "invoices/invoice.html",
        order=order,
        form=form,
        shown=shown,
        bill=bill_of(db.session(), order),
        document_address=lambda found: url_for("invoices.document", number=order.number, document_id=found.id),
    )
    return personal_page(make_response(page, status))
