"""The invoice desk: applications, issued invoices, what is to be red-lettered. Clauses 1.1.1c, 5.1.1d."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request, url_for
from flask_login import current_user

from app.backoffice.forms.invoices import PaperForm, RefuseForm, ReverseForm
from app.backoffice.invoice_pages import masked_titles, title_for_staff
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.http_edge import limiter, personal_download
from app.foundation.idempotency import answers_once
from app.foundation.permissions import may, requires
from app.invoices.billing import bill_of
from app.invoices.documents import content_for_staff, own_document
from app.invoices.issuing import issue, refuse
from app.invoices.models import Invoice
from app.invoices.queries import counts_by_state, invoice_numbered, invoices_in, red_letters_owed
from app.invoices.reddening import owe_whole, record_red
from app.invoices.states import APPLIED, ISSUE, OWED, STATES

LARGEST_ID = 9223372036854775807
INVOICE = f"/invoices/<int(max={LARGEST_ID}):invoice_id>"


@bp.get("/invoices")
@requires("invoices.read")
def invoices() -> Any:
    show = request.args.get("show", APPLIED)
    show = show if show in (*STATES, OWED) else APPLIED
    rows: Any = red_letters_owed() if show == OWED else invoices_in(show)
    found, pager = page_of(db.session(), rows, wanted_page(), url_of_page)
    titles = masked_titles(row.invoice if show == OWED else row for row in found)
    counts = counts_by_state(db.session())
    return page("invoices", rows=found, pager=pager, titles=titles, show=show, counts=counts, states=STATES)


@bp.get(INVOICE)
@requires("invoices.read")
def invoice(invoice_id: int) -> Any:
    return _page(invoice_numbered(db.session(), invoice_id))


@bp.get(f"{INVOICE}/sheet")
@requires("invoices.read")
def invoice_sheet(invoice_id: int) -> Any:
    """What is to be typed into the tax authority's system, on one printable page; each look is on the ledger."""
    found = invoice_numbered(db.session(), invoice_id)
    title = title_for_staff(db.session(), found, actor())
    return page("invoice_sheet", invoice=found, title=title, bill=_bill(found))


@bp.get(f"{INVOICE}/documents/<int(max={LARGEST_ID}):document_id>.pdf")
@requires("invoices.read")
def invoice_document(invoice_id: int, document_id: int) -> Any:
    found = invoice_numbered(db.session(), invoice_id)
    document = own_document(db.session(), found.order_id, document_id)
    content = content_for_staff(document, found.order.number, actor())
    return personal_download(content, "application/pdf", document.file_name)


@bp.post(f"{INVOICE}/issue")
@limiter.limit("60/minute")
@requires("invoices.issue")
@answers_once
def issue_invoice(invoice_id: int) -> Any:
    form, issuing = PaperForm(), partial(issue, invoice_id, by=actor(), at=now())
    return _send(invoice_id, form, lambda: issuing(paper=form.paper()), "invoice_issued", issuing=form)


@bp.post(f"{INVOICE}/refusal")
@requires("invoices.issue")
@answers_once
def refuse_invoice(invoice_id: int) -> Any:
    form, refusing = RefuseForm(prefix="refuse-"), partial(refuse, invoice_id, by=actor(), at=now())
    return _send(invoice_id, form, lambda: refusing(why=form.why.data), "invoice_refused", refusing=form)


@bp.post(f"{INVOICE}/reversal")
@requires("invoices.issue")
@answers_once
def reverse_invoice(invoice_id: int) -> Any:
    form, owing = ReverseForm(prefix="reverse-"), partial(owe_whole, invoice_id, by=actor(), at=now())
    return _send(invoice_id, form, lambda: owing(why=form.why.data), "invoice_reversed", reversing=form)


@bp.post(f"{INVOICE}/red-letters/<int(max={LARGEST_ID}):red_id>")
@limiter.limit("60/minute")
@requires("invoices.issue")
@answers_once
def issue_red_letter(invoice_id: int, red_id: int) -> Any:
    form = PaperForm(prefix=f"red{red_id}-")
    recording = partial(record_red, invoice_id, red_id, by=actor(), at=now())
    return _send(invoice_id, form, lambda: recording(paper=form.paper()), "red_letter_issued", reds={red_id: form})


def _send(invoice_id: int, form: Any, act: Callable[[], object], code: str, **sent: Any) -> Any:
    """Do what a form asks for, once; or show the invoice as it stands, with what is wrong where it is wrong."""
    found = invoice_numbered(db.session(), invoice_id)
    if not form.validate_on_submit():
        return _page(found, 422, **sent)
    try:
        return do_once(act, code, "backoffice.invoice", invoice_id=invoice_id)
    except BusinessError as refusal:
        is_shown = isinstance(form, PaperForm) and form.refuse(refusal)
        found = invoice_numbered(db.session(), invoice_id)
        return _page(found, refusal.status, refusal=None if is_shown else refusal.text, **sent)


def _bill(found: Invoice) -> Any:
    """What it says, once it is issued; before that what it would say now."""
    return found if found.amount else bill_of(db.session(), found.order)


def _page(found: Invoice, status: int = 200, refusal: Any = None, **sent: Any) -> Any:
    reds = {red.id: PaperForm(None, prefix=f"red{red.id}-") for red in found.reds if red.is_owed}
    forms = {
        "issuing": PaperForm(None),
        "refusing": RefuseForm(None, prefix="refuse-"),
        "reversing": ReverseForm(None, prefix="reverse-"),
        **sent,
        "reds": {**reds, **sent.get("reds", {})},
    }
    return page(
        "invoice", status, invoice=found, bill=_bill(found), refusal=refusal, name=masked_titles([found])[found.id],
        may_issue=may(current_user, ISSUE), document_address=_address_in(found.id), **forms,
    )  # fmt: skip


def _address_in(invoice_id: int) -> Callable[[Any], str]:
    return lambda found: url_for("backoffice.invoice_document", invoice_id=invoice_id, document_id=found.id)
