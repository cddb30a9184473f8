"""The books of invoices: proven from their rows and against their orders; an alarm stands while anything differs."""

import pytest
from flask import Flask
from sqlalchemy import update

from app.foundation.alarms import standing
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.invoices.models import Invoice, InvoiceLine, RedLetter, RedLetterLine
from app.invoices.proving import differences, prove_invoices
from app.invoices.reddening import owe_whole
from tests.invoices.builders import FINANCE, an_application, an_issued_invoice, now, redden


def test_what_the_acts_write_is_proven(app: Flask):
    an_application()
    an_issued_invoice()
    redden(reversed_whole())
    assert differences(db.session()) == []


def reversed_whole() -> Invoice:
    invoice = an_issued_invoice()
    owe_whole(invoice.id, "title", FINANCE, now())
    return invoice


@pytest.mark.parametrize(
    ("model", "of"),
    [(InvoiceLine, {"invoice.amount"}), (RedLetterLine, {"red.amount"}), (RedLetter, {"red.amount"}),
     (Invoice, {"invoice.amount", "order.cost"})],
)  # fmt: skip
def test_a_changed_sum_is_found_stands_as_an_alarm_and_goes_with_its_cause(app: Flask, model, of):
    an_issued_invoice()
    reversed_whole()
    change(model, Money(1))
    found = {each.of for each in differences(db.session())}
    assert of <= found
    prove_invoices()
    assert [alarm.name for alarm in standing(db.session())] == ["invoices"]
    change(model, Money(-1))
    assert differences(db.session()) == []
    prove_invoices()
    assert standing(db.session()) == []


def change(model: type, by: Money) -> None:
    with transaction() as session:
        session.execute(update(model).values(amount=model.amount + by))
