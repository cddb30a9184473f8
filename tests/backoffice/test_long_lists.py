"""Lists of the desk cost the same however much there is: bounded counts, and first pages out of an index."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, insert, select, text
from sqlalchemy.dialects import sqlite

from app.after_sales.queries import cases_wanted
from app.backoffice.bank_pages import rows_in
from app.backoffice.finding import orders_wanted
from app.breaches.queries import breaches_in
from app.disclosures.research.deciding import requests_in
from app.disputes.finding import disputes_in
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.counting import MOST, AtLeast, count_by
from app.foundation.database import db, new_id, transaction
from app.foundation.languages import number
from app.invoices.queries import invoices_in
from app.orders.models import Order
from app.payments.chinabank.queries import messages
from app.payments.queries import unapplied
from app.refunds.queries import refunds_in
from app.stock.queries import all_movements
from app.testimonials import queries as words
from tests.backoffice.builders import Desk
from tests.checkout.builders import an_order

FIRST_PAGES: dict[str, Select[Any]] = {
    "orders": orders_wanted("", ""),
    "orders in a state": orders_wanted("completed", ""),
    "refunds": refunds_in(""),
    "refunds in a state": refunds_in("paid"),
    "cases": cases_wanted(""),
    "closed cases": cases_wanted("closed"),
    "disputes in a state": disputes_in("closed"),
    "invoices in a state": invoices_in("ended"),
    "rows of statements": rows_in("applied"),
    "money not applied": unapplied(),
    "messages": messages("all"),
    "movements of stock": all_movements(),
    "requests of research": requests_in(None),
    "requests in a state": requests_in("given"),
    "words of customers": words.testimonials_in(None),
    "words in a state": words.testimonials_in("published"),
    "public words": words.public_testimonials(),
    "breaches": breaches_in(None),
    "breaches in a state": breaches_in("open"),
    "evidence": select(LedgerEntry).order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc()),
}


@pytest.mark.parametrize("name", FIRST_PAGES)
def test_the_first_page_of_a_list_is_read_in_the_order_of_an_index(app: Flask, name: str):
    page = FIRST_PAGES[name].limit(50).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {page}"))]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan and " USING " in plan[0], plan


def many_entries(count: int) -> None:
    at = now()
    rows = [
        {"id": new_id(), "at": at - timedelta(seconds=n), "event": "test.made", "facts": {"n": n}} for n in range(count)
    ]
    with transaction() as session:
        session.execute(insert(LedgerEntry), rows)


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_long_list_says_that_there_are_more_and_opens_further_pages_as_one_goes_on(app: Flask, lang: str):
    many_entries(MOST + 230)
    desk = Desk(app, "manager")
    total = db.session.query(LedgerEntry).count()
    last = -(-total // 50)
    first = desk.get("/ledger", lang).text
    assert "1,000+" in first and "page=20" in first and f"page={last}" not in first
    assert f"page={last}" in desk.get("/ledger?page=20", lang).text
    at_the_end = desk.get(f"/ledger?page={last}", lang).text
    assert f"{total:,}" in at_the_end and f"page={last + 1}" not in at_the_end
    assert desk.get(f"/ledger?page={last + 7}", lang).text.count("<tr>") == at_the_end.count("<tr>")


def test_counts_are_exact_up_to_their_bound_and_each_state_has_one(app: Flask):
    an_order()
    assert count_by(db.session(), Order.state, ["awaiting_payment", "completed"]) == {
        "awaiting_payment": 1,
        "completed": 0,
    }
    many_entries(MOST)
    assert number(count_by(db.session(), LedgerEntry.event, ["test.made"])["test.made"]) == "1,000"
    many_entries(1)
    found = count_by(db.session(), LedgerEntry.event, ["test.made", "none"])
    assert number(found["test.made"]) == "1,000+" and number(found["none"]) == "0"


def test_a_sum_with_a_bounded_count_is_bounded_too():
    assert number(sum([3, AtLeast(1_000), 4])) == "1,007+"
    assert number(AtLeast(1_000) + AtLeast(1_000)) == "2,000+" and number(sum([3, 4])) == "7"
