"""Titles, applications and invoices, made by the real acts."""

from datetime import date
from itertools import count
from typing import Any

from app.accounts.models import Account
from app.demo.pdf import a_paper
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.invoices.applying import Wish, apply
from app.invoices.billing import bill_of
from app.invoices.documents import Paper
from app.invoices.issuing import issue
from app.invoices.models import ORDINARY, Invoice
from app.invoices.pdf import CheckedPdf, checked_pdf
from app.invoices.reddening import record_red
from app.invoices.titles import COMPANY, Title
from app.orders.lifecycle import Actor
from app.orders.models import Order
from tests.checkout.builders import an_order
from tests.companies.builders import CODE, NAME
from tests.payments.builders import FINANCE, pay

BUYER = Actor("buyer", 1)
PLAIN = Title(COMPANY, NAME, CODE)
WHOLE = Title(COMPANY, NAME, CODE, "上海市示例路 1 号", "021-12345678", "示例银行上海分行", "6200123456789012")
_serial = count(1)


def a_number(day: date | None = None) -> str:
    """A digital invoice number of that year which nobody else has."""
    return f"{(day or today()).year % 100:02d}312{next(_serial):015d}"


def a_pdf(*lines: str) -> CheckedPdf:
    return checked_pdf(a_paper(*(lines or ("Invoice",))))


def a_paid_order(account: Account | None = None, *skus: Any, quantity: int = 1) -> Order:
    order = an_order(*skus, quantity=quantity, account=account)
    pay(order)
    return order


def an_application(
    order: Order | None = None, title: Title = PLAIN, kind: str = ORDINARY, keep: bool = False
) -> Invoice:
    order = order or a_paid_order()
    return apply(order.id, Wish(kind, title, keep), BUYER, now())


def a_paper_for(
    amount: Money, number: str | None = None, day: date | None = None, pdf: CheckedPdf | None = None
) -> Paper:
    return Paper(number or a_number(day), day or today(), amount, pdf or a_pdf())


def an_issued_invoice(order: Order | None = None, title: Title = PLAIN, kind: str = ORDINARY) -> Invoice:
    invoice = an_application(order, title, kind)
    costs = bill_of(db.session(), db.session.get_one(Order, invoice.order_id)).amount
    return issue(invoice.id, a_paper_for(costs), FINANCE, now())


def redden(invoice: Invoice) -> None:
    """Record every red-letter invoice that is owed."""
    for red in [each for each in invoice.reds if each.is_owed]:
        record_red(invoice.id, red.id, a_paper_for(red.amount), FINANCE, now())
