"""Applying for an invoice: once, for a paid order, with a title that is copied. Clauses 1.1.1c, 5.1.1a."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, PurposeRefused, purpose
from app.invoices.applying import InvoiceThere, NotToInvoice, TitleLacks, Wish, apply, withdraw
from app.invoices.models import ORDINARY, SPECIAL, Invoice
from app.invoices.states import InvoiceMoved, NotForYou
from app.invoices.titles import PERSON, Title, add_title, edit_title, title_of, titles_of
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderEvent
from tests.checkout.at_once import all_at_once
from tests.checkout.builders import a_buyer, an_order
from tests.companies.builders import CODE, NAME, a_code, with_company
from tests.invoices.builders import BUYER, PLAIN, WHOLE, a_paid_order, an_application, an_issued_invoice
from tests.payments.builders import pay


def told(order_id: int) -> list[str]:
    number = db.session.get_one(Order, order_id).number
    rows = select(OutboxMessage.code).where(OutboxMessage.about == number, OutboxMessage.code.startswith("invoice."))
    return list(db.session.scalars(rows.where(OutboxMessage.channel == "site").order_by(OutboxMessage.created_at)))


def happened(order_id: int) -> list[str]:
    mine = select(OrderEvent.name).where(OrderEvent.order_id == order_id, OrderEvent.name.startswith("invoice"))
    return list(db.session.scalars(mine.order_by(OrderEvent.at, OrderEvent.id)))


def test_an_application_copies_the_title_sealed_tells_the_buyer_and_stands_on_the_order(app: Flask):
    invoice = an_application()
    stored = db.session.execute(text("SELECT title FROM invoices")).scalar_one()
    assert NAME.encode() not in stored and CODE.encode() not in stored
    with purpose(Purpose.SERVICE):
        assert Title.of(invoice.title) == PLAIN
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        assert invoice.title
    assert told(invoice.order_id) == ["invoice.applied"] and happened(invoice.order_id) == ["invoice_apply"]
    assert db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "order.invoice_apply")).one()


def test_an_order_has_one_invoice(app: Flask):
    order = a_paid_order()
    an_application(order)
    with pytest.raises(InvoiceThere):
        an_application(order, WHOLE)


def test_many_applications_at_once_are_one(app: Flask):
    order_id = a_paid_order().id
    acts = [lambda: apply(order_id, Wish(ORDINARY, PLAIN), BUYER, now()).id] * 12
    answers = all_at_once(app, acts)
    assert len([each for each in answers if isinstance(each, int)]) == 1 and answers.count(InvoiceThere) == 11


@pytest.mark.part("postgresql")
def test_many_applications_at_once_are_one_on_postgresql(pg_shop: Flask):
    order_id = a_paid_order().id
    acts = [lambda: apply(order_id, Wish(ORDINARY, PLAIN), BUYER, now()).id] * 12
    answers = all_at_once(pg_shop, acts)
    assert len([each for each in answers if isinstance(each, int)]) == 1 and answers.count(InvoiceThere) == 11


def test_what_is_unpaid_paid_in_part_or_cancelled_is_not_invoiced(app: Flask):
    unpaid, in_part, cancelled = an_order(), an_order(), an_order()
    pay(in_part, in_part.total - Money(1))
    cancel(cancelled.id, Actor("buyer", 1), now())
    for order in (unpaid, in_part, cancelled):
        with pytest.raises(NotToInvoice):
            an_application(order)
    assert db.session.scalars(select(Invoice)).all() == []


@pytest.mark.parametrize("title", [PLAIN, Title(PERSON, "张三"), Title(**{**vars(WHOLE), "bank": ""})])
def test_a_special_invoice_needs_a_company_and_all_of_its_title(app: Flask, title: Title):
    with pytest.raises(TitleLacks):
        an_application(title=title, kind=SPECIAL)


def test_a_special_title_that_is_not_the_declared_company_is_marked_for_a_person(app: Flask):
    declared = with_company(a_buyer())
    assert an_application(a_paid_order(declared), WHOLE, SPECIAL).is_declared
    written = Title(**{**vars(WHOLE), "name": NAME.replace("（", "(").replace("）", ")")})
    assert an_application(a_paid_order(declared), written, SPECIAL).is_declared
    other_name = Title(**{**vars(WHOLE), "name": "另一家示例有限公司"})
    other_code = Title(**{**vars(WHOLE), "tax_number": a_code(5)})
    for title in (other_name, other_code):
        assert not an_application(a_paid_order(declared), title, SPECIAL).is_declared
    assert not an_application(a_paid_order(), WHOLE, SPECIAL).is_declared


def test_editing_a_saved_title_changes_no_invoice(app: Flask):
    buyer = a_buyer()
    kept = add_title(buyer.id, buyer.subject_id, PLAIN, now())
    invoice = an_application(a_paid_order(buyer))
    edit_title(buyer.id, kept.id, Title(**{**vars(PLAIN), "name": "改名后的有限公司"}), now())
    with purpose(Purpose.SERVICE):
        assert Title.of(invoice.title) == PLAIN
        assert Title.of(title_of(db.session(), buyer.id, kept.id).details).name == "改名后的有限公司"


def test_a_title_is_kept_with_the_application_once(app: Flask):
    buyer = a_buyer()
    an_application(a_paid_order(buyer), keep=True)
    an_application(a_paid_order(buyer), keep=True)
    [kept] = titles_of(db.session(), buyer.id)
    assert kept.is_default


def test_what_is_not_issued_can_be_taken_back_and_applied_for_anew(app: Flask):
    invoice = an_application()
    withdraw(invoice.order_id, BUYER, now())
    assert (invoice.state, invoice.why) == ("ended", "withdrawn")
    with pytest.raises(InvoiceMoved):
        withdraw(invoice.order_id, BUYER, now())
    order = db.session.get_one(Order, invoice.order_id)
    assert an_application(order).state == "applied"
    assert happened(order.id) == ["invoice_apply", "invoice_end", "invoice_apply"]


def test_what_is_issued_cannot_be_taken_back(app: Flask):
    invoice = an_issued_invoice()
    with pytest.raises(InvoiceMoved):
        withdraw(invoice.order_id, BUYER, now())


@pytest.mark.parametrize("role", ["clerk", "marketer", "finance", "manager"])
def test_nobody_but_the_buyer_takes_an_application_back(app: Flask, role: str):
    invoice = an_application()
    with pytest.raises(NotForYou):
        withdraw(invoice.order_id, Actor(role, 5), now())
    assert invoice.state == "applied"
