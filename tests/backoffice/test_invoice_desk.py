"""The invoice desk: lists, the draft sheet, recording what was made, wrong input at its field. 5.1.1d, 5.1.1e."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo.pdf import a_paper
from app.foundation.audit import LedgerEntry
from app.foundation.clock import today
from app.foundation.database import db
from app.invoices.models import SPECIAL, Invoice
from app.invoices.pdf import LARGEST_BYTES
from app.orders.models import Order
from tests.backoffice.builders import Desk
from tests.companies.builders import CODE, NAME
from tests.invoices.builders import WHOLE, a_number, an_application, an_issued_invoice


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app, "finance")


@pytest.fixture
def applied(app: Flask) -> Invoice:
    return an_application(title=WHOLE, kind=SPECIAL)


def record(desk: Desk, invoice: Invoice, act: str = "issue", prefix: str = "", **fields: Any) -> Any:
    """Send the form as the page would, good unless `fields` say otherwise."""
    good = {"number": a_number(), "issued_on": str(today()), "amount": str(amount_of(invoice))}
    sent = {**good, "file": (io.BytesIO(a_paper("Invoice")), "invoice.pdf"), **fields}
    path = f"/invoices/{invoice.id}/{act}"
    return desk.post(path, "PaperForm", sent, prefix, content_type="multipart/form-data")


def amount_of(invoice: Invoice) -> Any:
    return db.session.get_one(Order, invoice.order_id).total


def standing(invoice: Invoice) -> Invoice:
    db.session.expire_all()
    return db.session.get_one(Invoice, invoice.id)


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_finance_records_an_invoice_and_the_buyer_is_told(desk: Desk, applied: Invoice):
    page = text_of(desk.get(f"/invoices/{applied.id}"))
    assert "not the company declared" in page and NAME not in page and CODE not in page
    answer = record(desk, applied)
    assert answer.status_code == 303 and "done=desk_invoice_issued" in answer.headers["Location"]
    issued = standing(applied)
    assert issued.state == "issued" and issued.document and issued.document.recorded_by == desk.account.audit_ref
    assert issued.document.number in text_of(desk.get(f"/invoices/{applied.id}"))


@pytest.mark.clause("5.1.1d")
def test_lists_show_a_masked_title_and_the_sheet_the_whole_one_which_is_on_the_ledger(desk: Desk, applied: Invoice):
    listed = text_of(desk.get("/invoices"))
    assert NAME[:1] + "********" in listed and NAME not in listed
    looks = select(LedgerEntry).where(LedgerEntry.event == "invoice.title_read")
    assert db.session.scalars(looks).all() == []
    sheet = text_of(desk.get(f"/invoices/{applied.id}/sheet"))
    assert all(value in sheet for value in (NAME, CODE, WHOLE.address, WHOLE.bank, WHOLE.account_number))
    [look] = db.session.scalars(looks)
    assert look.actor == desk.account.audit_ref and look.subject is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""), ("number", "123"), ("number", "９" * 20), ("number", "9" * 400), ("number", "19" + "0" * 18),
        ("issued_on", ""), ("issued_on", "yesterday"), ("issued_on", "2026-02-30"),
        ("issued_on", str(today() + timedelta(days=9))), ("issued_on", str(today() - timedelta(days=9))),
        ("amount", ""), ("amount", "0"), ("amount", "1e9"), ("amount", "0.01"), ("amount", "-5"), ("amount", "1.234"),
        ("file", "text"), ("file", (io.BytesIO(b""), "a.pdf")), ("file", (io.BytesIO(b"GIF89a"), "a.pdf")),
        ("file", (io.BytesIO(b"%PDF-1.4\n/OpenAction"), "a.pdf")),
        ("file", (io.BytesIO(b"%PDF-1.4\n" + b"0" * LARGEST_BYTES), "a.pdf")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays_typed(
    desk: Desk, applied: Invoice, field: str, value: Any
):
    if isinstance(value, tuple):
        value = (io.BytesIO(value[0].getvalue()), value[1])
    number = a_number()
    answer = record(desk, applied, **{"number": number, field: value})
    assert answer.status_code == 422 and f'id="{field}-error"' in text_of(answer)
    assert field == "number" or number in text_of(answer)
    assert standing(applied).state == "applied"


def test_a_form_sent_twice_is_recorded_once_and_a_late_clerk_sees_that_it_moved(desk: Desk, applied: Invoice):
    token, number, paper = desk.token("PaperForm"), a_number(), a_paper("x")
    fields = {"number": number, "issued_on": str(today()), "amount": str(amount_of(applied)), "form_token": token}
    places = set()
    for _ in range(3):
        sent = {**fields, "file": (io.BytesIO(paper), "invoice.pdf")}
        url = f"/en/desk/invoices/{applied.id}/issue"
        places.add(desk.client.post(url, data=sent, content_type="multipart/form-data").headers["Location"])
    assert len(places) == 1
    late = record(desk, applied)
    assert late.status_code == 409 and "moved on in the meantime" in text_of(late)


def test_a_whole_invoice_is_red_lettered_at_the_desk(desk: Desk, app: Flask):
    invoice = an_issued_invoice()
    answer = desk.post(f"/invoices/{invoice.id}/reversal", "ReverseForm", {"why": "title"}, "reverse-")
    assert "desk_invoice_reversed" in answer.headers["Location"]
    [red] = standing(invoice).reds
    assert invoice.order.spoken_number in text_of(desk.get("/invoices?show=owed"))
    prefix = f"red{red.id}-"
    wrong = record(desk, invoice, f"red-letters/{red.id}", prefix, amount="1.00")
    assert wrong.status_code == 422 and f'id="{prefix}amount-error"' in text_of(wrong)
    assert record(desk, invoice, f"red-letters/{red.id}", prefix).status_code == 303
    assert standing(invoice).state == "reversed"
    assert invoice.order.spoken_number in text_of(desk.get("/invoices?show=reversed"))


@pytest.mark.parametrize(
    ("act", "form", "prefix"), [("refusal", "RefuseForm", "refuse-"), ("reversal", "ReverseForm", "reverse-")]
)
@pytest.mark.parametrize("why", ["", "refund", "x" * 999])
def test_a_reason_is_one_of_the_list(desk: Desk, applied: Invoice, act: str, form: str, prefix: str, why: str):
    answer = desk.post(f"/invoices/{applied.id}/{act}", form, {"why": why}, prefix)
    assert answer.status_code == 422 and standing(applied).state == "applied"


def test_a_refused_application_is_listed_with_its_reason(desk: Desk, applied: Invoice):
    answer = desk.post(f"/invoices/{applied.id}/refusal", "RefuseForm", {"why": "title"}, "refuse-")
    assert "desk_invoice_refused" in answer.headers["Location"] and standing(applied).why == "title"
    assert applied.order.spoken_number in text_of(desk.get("/invoices?show=ended"))


def test_finance_downloads_the_pdf_and_each_look_is_on_the_ledger(desk: Desk, app: Flask):
    invoice, other = an_issued_invoice(), an_issued_invoice()
    assert invoice.document and other.document
    answer = desk.get(f"/invoices/{invoice.id}/documents/{invoice.document.id}.pdf")
    assert answer.data.startswith(b"%PDF") and answer.headers["Content-Disposition"].startswith("attachment")
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "invoice.read")).one()
    assert entry.actor == desk.account.audit_ref
    assert desk.get(f"/invoices/{invoice.id}/documents/{other.document.id}.pdf").status_code == 404


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("role", ["clerk", "marketer"])
def test_nobody_else_reads_an_invoice(app: Flask, applied: Invoice, role: str):
    other = Desk(app, role)
    for path in ("/invoices", f"/invoices/{applied.id}", f"/invoices/{applied.id}/sheet"):
        assert other.get(path).status_code == 403
    assert record(other, applied).status_code == 403
    if role == "clerk":
        assert f"/desk/invoices/{applied.id}" not in text_of(other.get(f"/orders/{applied.order.number}"))


def test_the_order_and_today_lead_to_the_invoice(desk: Desk, applied: Invoice):
    assert f"/desk/invoices/{applied.id}" in text_of(desk.get(f"/orders/{applied.order.number}"))
    assert "Invoices to issue" in text_of(desk.get(""))


@pytest.mark.parametrize("show", ["", "nonsense", "owed", "issued", "' OR 1=1"])
def test_every_list_opens(desk: Desk, applied: Invoice, show: str):
    assert desk.get(f"/invoices?show={show}").status_code == 200
