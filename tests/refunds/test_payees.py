"""Accounts for refunds and titles of invoices serve nothing else, and nobody is given them. Clause 1.1.4b."""

import pytest
from flask import Flask

from app.foundation.personal_data import Purpose, PurposeRefused, personal, purpose
from app.invoices.models import Invoice, InvoiceTitle
from app.privacy.register import recipients_of
from app.refunds.models import Payee
from tests.invoices.builders import an_application
from tests.refunds.builders import a_paid_order, ask_for

FIELDS = (Payee.name, Payee.bank, Payee.account_number, InvoiceTitle.details, Invoice.title)


@pytest.mark.clause("1.1.4b")
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.table}.{field.name}")
def test_they_are_kept_for_one_purpose_and_on_nobodys_list(field: personal):
    assert field.purposes == {Purpose.SERVICE} and recipients_of(field) == []


@pytest.mark.clause("1.1.4b")
@pytest.mark.parametrize("other", sorted(set(Purpose) - {Purpose.SERVICE}))
def test_for_another_purpose_they_do_not_open(app: Flask, other: Purpose):
    payee, invoice = ask_for(a_paid_order(), 1).payee, an_application()
    assert payee
    with purpose(other):
        for read in (lambda: payee.account_number, lambda: payee.name, lambda: invoice.title):
            with pytest.raises(PurposeRefused):
                read()
