"""Refunds and invoices: blue less red is what the order costs, whatever is refunded and when. FLOWS.md 4."""

import random

import pytest
from flask import Flask

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.money import ZERO, Money
from app.invoices.billing import bill_of
from app.invoices.issuing import issue
from app.invoices.models import Invoice
from app.invoices.proving import differences
from app.invoices.reddening import owe_whole
from app.orders.models import Order
from app.refunds.approving import approve, refuse
from tests.checkout.at_once import all_at_once
from tests.invoices.builders import a_paper_for, an_application, an_issued_invoice, redden
from tests.invoices.test_applying import happened, told
from tests.payments.builders import FINANCE, MANAGER
from tests.refunds.builders import a_paid_order, approved, ask_for, send_back, standing


def left(invoice: Invoice) -> Money:
    db.session.expire_all()
    return db.session.get_one(Invoice, invoice.id).amount_left or ZERO


def test_an_approved_refund_owes_a_red_letter_invoice_by_line_with_its_tax(app: Flask):
    order = a_paid_order(quantity=3, price="113.00")
    invoice = an_issued_invoice(order)
    refund = ask_for(order, 1)
    assert left(invoice) == order.total
    approved(refund)
    [red] = db.session.get_one(Invoice, invoice.id).reds
    [line] = red.lines
    assert (red.amount, red.tax, red.why, line.quantity) == (Money.yuan(113), Money.yuan(13), "refund", 1)
    assert left(invoice) == standing(order).net
    send_back(refund)
    redden(invoice)
    assert (invoice.state, left(invoice)) == ("issued", standing(order).net)
    assert told(order.id) == ["invoice.applied", "invoice.issued", "invoice.red"]
    assert happened(order.id)[-2:] == ["invoice_red_owed", "invoice_red"]
    assert differences(db.session()) == []


def test_a_refund_that_is_refused_owes_nothing(app: Flask):
    order = a_paid_order()
    invoice = an_issued_invoice(order)
    refuse(ask_for(order, 1).id, MANAGER, now())
    assert db.session.get_one(Invoice, invoice.id).reds == [] and differences(db.session()) == []


def test_a_refund_before_the_invoice_is_issued_makes_it_smaller(app: Flask):
    order = a_paid_order(quantity=3)
    invoice = an_application(order)
    approved(ask_for(order, 1, freight="0"))
    bill = bill_of(db.session(), standing(order))
    assert bill.amount == standing(order).net and bill.positions[0].quantity == 2
    issued = issue(invoice.id, a_paper_for(bill.amount), FINANCE, now())
    assert issued.reds == [] and differences(db.session()) == []


def test_an_application_ends_when_everything_is_refunded(app: Flask):
    order = a_paid_order(quantity=2)
    invoice = an_application(order)
    freight = str(order.freight)
    approved(ask_for(order, 2, freight=freight if order.freight else None))
    assert (standing(order).net, invoice.state, invoice.why) == (ZERO, "ended", "refunded")
    assert told(order.id) == ["invoice.applied", "invoice.lapsed"]


def test_all_refunded_and_red_lettered_ends_the_invoice(app: Flask):
    order = a_paid_order(quantity=2)
    invoice = an_issued_invoice(order)
    approved(ask_for(order, 2, freight=str(order.freight) if order.freight else None))
    redden(invoice)
    assert invoice.state == "reversed" and differences(db.session()) == []


def test_after_a_part_is_refunded_the_rest_can_be_invoiced_anew(app: Flask):
    order = a_paid_order(quantity=3)
    invoice = an_issued_invoice(order)
    approved(ask_for(order, 1))
    red = owe_whole(invoice.id, "anew", FINANCE, now())
    assert red.amount == invoice.amount and [each.state for each in invoice.reds] == ["dropped", "owed"]
    redden(invoice)
    again = an_issued_invoice(standing(order))
    assert (invoice.state, again.amount) == ("reversed", standing(order).net)
    assert differences(db.session()) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_refunds_in_any_order_leave_what_the_order_costs(app: Flask, seed: int):
    chance = random.Random(seed)
    order = a_paid_order(quantity=5, price=f"{chance.randint(1, 9999)}.{chance.randint(0, 99):02d}")
    invoice = an_application(order) if chance.random() < 0.3 else an_issued_invoice(order)
    for _ in range(5):
        line, part = standing(order).lines[0], standing(order).parts[0]
        what = chance.choice(["unit", "money", "freight", "red"])
        if what == "unit" and line.to_ship:
            approved(ask_for(order, 1))
        elif what == "money" and line.amount_left > Money(1):
            approved(ask_for(order, 0, str(Money(chance.randint(1, line.amount_left.fen - 1)))))
        elif what == "freight" and part.freight_left:
            approved(ask_for(order, freight=str(Money(chance.randint(1, part.freight_left.fen)))))
        elif what == "red":
            redden(db.session.get_one(Invoice, invoice.id))
        assert differences(db.session()) == []
    if invoice.amount:
        assert left(invoice) == standing(order).net
        assert bill_of(db.session(), standing(order)).amount == standing(order).net


def issuing_while_refunding(shop: Flask) -> None:
    order = a_paid_order(quantity=3)
    invoice_id, order_id, refund = an_application(order).id, order.id, ask_for(order, 1)
    refund_id, sums = refund.id, [order.total, order.total - refund.amount]
    issuing = [lambda paper=paper: issue(invoice_id, paper, FINANCE, now()).state for paper in map(a_paper_for, sums)]
    all_at_once(shop, [*issuing, lambda: approve(refund_id, MANAGER, now()).state, *issuing])
    db.session.expire_all()
    assert differences(db.session()) == []
    stands = db.session.get_one(Invoice, invoice_id)
    assert stands.state == "issued" and left(stands) == db.session.get_one(Order, order_id).net


def test_issuing_while_a_refund_is_approved_leaves_true_books(app: Flask):
    issuing_while_refunding(app)


@pytest.mark.part("postgresql")
def test_issuing_while_a_refund_is_approved_leaves_true_books_on_postgresql(pg_shop: Flask):
    for _ in range(5):
        issuing_while_refunding(pg_shop)
