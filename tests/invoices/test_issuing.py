"""Finance issues, refuses, and red-letters by hand. Clauses 5.1.1a, 5.1.1c."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.foundation.permissions import ROLES
from app.invoices.billing import FREIGHT, bill_of
from app.invoices.documents import ImpossibleDay, NumberKnown, OtherAmount, OtherYear, Paper, content_of, own_document
from app.invoices.issuing import issue, refuse
from app.invoices.models import Invoice, InvoiceDocument
from app.invoices.reddening import NothingLeft, owe_whole, record_red
from app.invoices.states import MOVES, InvoiceMoved, NotForYou, next_state
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.settings import current_settings
from tests.catalog.builders import a_service
from tests.checkout.at_once import all_at_once
from tests.invoices.builders import (
    a_number,
    a_paid_order,
    a_paper_for,
    a_pdf,
    an_application,
    an_issued_invoice,
    redden,
)
from tests.invoices.test_applying import happened, told
from tests.payments.builders import FINANCE, MANAGER
from tests.stock.builders import a_stocked_sku

CANARY = "CANARY-7f3a91c2"


def files() -> list[Path]:
    return [path for path in current_settings().uploads_dir.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def no_files_before(shop: Flask) -> None:
    with shop.app_context():
        for path in files():
            path.unlink()


@pytest.fixture
def applied(app: Flask) -> Invoice:
    return an_application()


def costs(invoice: Invoice) -> Money:
    return db.session.get_one(Order, invoice.order_id).total


def test_an_invoice_is_what_the_order_costs_line_by_line(app: Flask):
    machine, _ = a_stocked_sku(9, price=Money.yuan("1234.51"))
    invoice = an_issued_invoice(a_paid_order(None, machine, a_service(price=Money.yuan("100.01")), quantity=3))
    order = db.session.get_one(Order, invoice.order_id)
    assert invoice.amount == order.total == Money.total(line.amount for line in invoice.lines)
    assert invoice.tax == Money.total(line.tax for line in invoice.lines)
    assert {line.name for line in invoice.lines} == {line.name_zh for line in order.lines} | (
        {FREIGHT} if order.freight else set()
    )
    assert told(order.id) == ["invoice.applied", "invoice.issued"]
    assert happened(order.id) == ["invoice_apply", "invoice_issue"]


@pytest.mark.clause("5.1.1c")
def test_no_pdf_lies_plain_on_the_disk_and_its_buyer_gets_it_whole(applied: Invoice):
    pdf = a_pdf(CANARY)
    issued = issue(applied.id, a_paper_for(costs(applied), pdf=pdf), FINANCE, now())
    [file] = files()
    assert CANARY.encode() in pdf.content
    assert CANARY.encode() not in file.read_bytes() and b"%PDF" not in file.read_bytes()
    assert issued.document and content_of(issued.document) == pdf.content


def wrong(change: Callable[[Paper], Paper], refusal: type[Exception]):
    return pytest.param(change, refusal, id=refusal.__name__)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        wrong(lambda p: Paper(p.number, p.issued_on, p.amount + Money(1), p.pdf), OtherAmount),
        wrong(lambda p: Paper(p.number, p.issued_on, ZERO, p.pdf), OtherAmount),
        wrong(lambda p: Paper(p.number, today() + timedelta(days=1), p.amount, p.pdf), ImpossibleDay),
        wrong(lambda p: Paper(p.number, today() - timedelta(days=1), p.amount, p.pdf), ImpossibleDay),
        wrong(lambda p: Paper("19" + p.number[2:], p.issued_on, p.amount, p.pdf), OtherYear),
    ],
)
def test_what_cannot_be_its_invoice_is_refused_and_nothing_is_left(applied: Invoice, change, refusal):
    with pytest.raises(refusal):
        issue(applied.id, change(a_paper_for(costs(applied))), FINANCE, now())
    assert applied.state == "applied" and files() == []
    assert db.session.scalars(select(InvoiceDocument)).all() == []


def test_no_number_is_used_twice_blue_or_red(applied: Invoice):
    number = a_number()
    issue(applied.id, a_paper_for(costs(applied), number), FINANCE, now())
    other = an_application()
    with pytest.raises(NumberKnown):
        issue(other.id, a_paper_for(costs(other), number), FINANCE, now())
    red = owe_whole(applied.id, "title", FINANCE, now())
    with pytest.raises(NumberKnown):
        record_red(applied.id, red.id, a_paper_for(red.amount, number), FINANCE, now())
    assert len(files()) == 1 and red.is_owed


def two_clerks(shop: Flask) -> None:
    invoice = an_application()
    amount = costs(invoice)
    papers = [a_paper_for(amount) for _ in range(8)]
    acts = [lambda paper=paper: issue(invoice.id, paper, FINANCE, now()).state for paper in papers]
    answers = all_at_once(shop, acts)
    assert answers.count("issued") == 1 and answers.count(InvoiceMoved) == 7 and len(files()) == 1


def test_clerks_at_once_issue_one_invoice(app: Flask):
    two_clerks(app)


@pytest.mark.part("postgresql")
def test_clerks_at_once_issue_one_invoice_on_postgresql(pg_shop: Flask):
    two_clerks(pg_shop)


@pytest.mark.part("postgresql")
def test_one_number_given_to_two_invoices_at_once_is_of_one(pg_shop: Flask):
    invoices, number = [an_application() for _ in range(4)], a_number()
    papers = [(each.id, a_paper_for(costs(each), number)) for each in invoices]
    acts = [lambda pair=pair: issue(*pair, FINANCE, now()).state for pair in papers]
    answers = all_at_once(pg_shop, acts)
    assert answers.count("issued") == 1 and answers.count(NumberKnown) == 3


def test_a_refused_application_says_why_and_the_buyer_applies_anew(applied: Invoice):
    refuse(applied.id, "title", MANAGER, now())
    assert (applied.state, applied.why) == ("ended", "title")
    assert told(applied.order_id) == ["invoice.applied", "invoice.refused"]
    assert an_application(db.session.get_one(Order, applied.order_id)).state == "applied"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_finance_and_managers_issue(applied: Invoice, role: str):
    may = "invoices.issue" in ROLES[role]
    assert may is (role in ("finance", "manager"))
    if not may:
        for act in (
            lambda: issue(applied.id, a_paper_for(costs(applied)), Actor(role, 5), now()),
            lambda: refuse(applied.id, "title", Actor(role, 5), now()),
            lambda: owe_whole(applied.id, "title", Actor(role, 5), now()),
        ):
            with pytest.raises(NotForYou):
                act()


ALLOWED = {
    ("issue", "applied", "finance"), ("issue", "applied", "manager"), ("refuse", "applied", "finance"),
    ("refuse", "applied", "manager"), ("withdraw", "applied", "buyer"), ("lapse", "applied", None),
    ("reverse", "issued", None),
}  # fmt: skip


@pytest.mark.parametrize("role", [None, *sorted(ROLES)])
@pytest.mark.parametrize("state", ["applied", "issued", "reversed", "ended"])
@pytest.mark.parametrize("move", sorted(MOVES))
def test_the_table_of_moves_allows_this_and_nothing_else(move: str, state: str, role: str | None):
    by = Actor(role, 5) if role else None
    if (move, state, role) in ALLOWED:
        assert next_state(move, state, by) == MOVES[move].end
    else:
        with pytest.raises((InvoiceMoved, NotForYou)):
            next_state(move, state, by)


def test_a_whole_invoice_is_taken_back_and_a_new_one_applied_for(app: Flask):
    invoice = an_issued_invoice()
    order = db.session.get_one(Order, invoice.order_id)
    red = owe_whole(invoice.id, "title", FINANCE, now())
    assert (red.amount, red.tax, invoice.amount_left) == (invoice.amount, invoice.tax, ZERO)
    with pytest.raises(NothingLeft):
        owe_whole(invoice.id, "title", FINANCE, now())
    redden(invoice)
    assert invoice.state == "reversed" and len(files()) == 2
    assert told(order.id) == ["invoice.applied", "invoice.issued", "invoice.red"]
    assert an_issued_invoice(order).amount == order.total
    assert happened(order.id)[2:4] == ["invoice_red_owed", "invoice_red"]


def test_a_red_letter_invoice_is_recorded_once(app: Flask):
    invoice = an_issued_invoice()
    red = owe_whole(invoice.id, "content", FINANCE, now())
    redden(invoice)
    with pytest.raises(InvoiceMoved):
        record_red(invoice.id, red.id, a_paper_for(red.amount), FINANCE, now())
    with pytest.raises(NotFound):
        record_red(invoice.id, red.id + 1, a_paper_for(red.amount), FINANCE, now())


def test_a_document_belongs_to_its_order_and_a_lost_file_is_not_found(app: Flask):
    invoice, other = an_issued_invoice(), an_issued_invoice()
    assert invoice.document and other.document
    assert own_document(db.session(), invoice.order_id, invoice.document.id) == invoice.document
    with pytest.raises(NotFound):
        own_document(db.session(), invoice.order_id, other.document.id)
    for path in files():
        path.unlink()
    with pytest.raises(NotFound):
        content_of(invoice.document)


def test_the_bill_before_issuing_is_the_invoice_afterwards(applied: Invoice):
    bill = bill_of(db.session(), db.session.get_one(Order, applied.order_id))
    issued = issue(applied.id, a_paper_for(bill.amount), FINANCE, now())
    assert (issued.amount, issued.tax) == (bill.amount, bill.tax)
    assert db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "order.invoice_issue")).one()
