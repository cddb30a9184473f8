"""What closing an account meets in its invoices, what goes with it, and what ends after ten years. 5.1.3b, 5.2.2."""

import pytest
from flask import Flask

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.data_keys import KeyDestroyed, data_keys
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.invoices.closing import cut_invoices, open_invoices
from app.invoices.documents import content_of
from app.invoices.models import Invoice, InvoiceDocument
from app.invoices.reddening import owe_whole
from app.orders.anonymising import month_of
from app.orders.models import Order
from app.privacy.erasing_rows import erase_rows
from app.privacy.keeping import enforce, past_its_time
from app.privacy.people import Person
from tests.backoffice.builders import Desk
from tests.companies.builders import NAME
from tests.invoices.builders import FINANCE, an_application, an_issued_invoice, redden


def person_of(invoice: Invoice) -> Person:
    account = db.session.get_one(Account, db.session.get_one(Order, invoice.order_id).account_id)
    return Person(account.id, account.subject_id, account.audit_ref, account.language, None)


def numbers(invoice: Invoice) -> list[str]:
    return list(open_invoices(db.session(), person_of(invoice), now()))


@pytest.mark.clause("5.2.2a")
def test_an_open_application_and_an_owed_red_letter_invoice_stand_in_the_way(app: Flask):
    applied, issued = an_application(), an_issued_invoice()
    assert numbers(applied) == [db.session.get_one(Order, applied.order_id).spoken_number]
    assert numbers(issued) == []
    owe_whole(issued.id, "title", FINANCE, now())
    assert len(numbers(issued)) == 1
    redden(issued)
    assert numbers(issued) == []


@pytest.mark.clause("5.2.2b")
def test_erasing_leaves_number_and_sums_and_no_title_and_no_pdf(app: Flask):
    invoice = an_issued_invoice()
    desk, document, person = Desk(app, "finance"), invoice.document, person_of(invoice)
    assert document
    with transaction() as session:
        erase_rows(session, person)
    data_keys().destroy(person.subject_id)
    db.session.expire_all()
    stays = db.session.get_one(Invoice, invoice.id)
    assert (stays.amount, stays.subject_id, stays.title_sealed) == (invoice.amount, 0, b"")
    with purpose(Purpose.SERVICE), pytest.raises(KeyDestroyed):
        assert stays.title
    with pytest.raises(NotFound):
        content_of(db.session.get_one(InvoiceDocument, document.id))
    page = desk.get(f"/invoices/{invoice.id}")
    assert page.status_code == 200 and NAME[:1] + "*" not in page.get_data(as_text=True)
    assert desk.get(f"/invoices/{invoice.id}/sheet").status_code == 410
    assert desk.get(f"/invoices/{invoice.id}/documents/{document.id}.pdf").status_code == 404


@pytest.mark.clause("5.1.3b")
def test_after_ten_years_title_and_pdf_go_and_the_sums_stay(app: Flask, clock: Clock):
    invoice = an_issued_invoice()
    clock.travel(days=10 * 365)
    enforce(now(), "invoice_titles_used", "invoice_documents")
    assert invoice.document and content_of(invoice.document)
    clock.travel(days=5)
    assert past_its_time(db.session(), now())["invoice_documents"] == 1
    enforce(now(), "invoice_titles_used", "invoice_documents")
    db.session.expire_all()
    stays = db.session.get_one(Invoice, invoice.id)
    assert stays.amount and stays.title_sealed == b"" and stays.document
    assert (stays.document.subject_id, stays.document.file_sealed) == (0, b"")
    assert past_its_time(db.session(), now())["invoice_titles_used"] == 0


def test_moments_of_an_anonymous_order_are_months(app: Flask):
    invoice = an_issued_invoice()
    owe_whole(invoice.id, "title", FINANCE, now())
    with transaction() as session:
        cut_invoices(session, [invoice.order_id], now())
    db.session.expire_all()
    stays = db.session.get_one(Invoice, invoice.id)
    assert stays.applied_at == month_of(stays.applied_at) == stays.reds[0].asked_at
