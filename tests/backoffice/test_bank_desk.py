"""The bank desk: a statement from file to paid order, in both languages, and every refusal at its field. FLOWS.md 3."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.foundation.money import ZERO, Money
from app.orders.models import Order
from app.payments.approving import Approval
from app.payments.bank.models import BankRow, Statement
from app.payments.models import Receipt
from tests.backoffice.builders import Desk
from tests.backoffice.test_orders_desk import HOSTILE, queries_of
from tests.checkout.builders import an_order
from tests.house import files
from tests.payments.bank.builders import ACCOUNT, a_file, a_row, a_transfer, code_of, rows, taken_in

PAYER = "上海示例云算力有限公司"


@pytest.fixture
def finance(app: Flask) -> Desk:
    return Desk(app, "finance")


def send(desk: Desk, content: bytes, path: str = "/bank/statements", form: str = "StatementForm", **fields: Any) -> Any:
    return desk.post(path, form, {"file": (io.BytesIO(content), "statement.csv"), **fields})


def apply(desk: Desk, row: BankRow, orders: str, **more: str) -> Any:
    return desk.post(f"/bank/rows/{row.id}/application", "ApplyRowForm", {"orders": orders, **more})


def standing(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


@pytest.mark.clause("1.1.5a")
def test_from_the_file_to_the_paid_order(finance: Desk):
    order = an_order()
    sent = send(finance, a_file(a_transfer(str(order.total), f"款 {code_of(order)}", number="C001"), a_transfer("x")))
    assert sent.status_code == 303
    page = finance.client.get(sent.headers["Location"]).text
    assert "Every line is read." in page and "No amount that can be read" in page
    assert "C001" in finance.get("/bank").text
    assert "done=desk_bank_applied" in finance.post("/bank/applications", "bank.apply").headers["Location"]
    assert standing(order).state == "awaiting_shipment"
    assert "C001" in finance.get("/bank?state=applied").text and "C001" not in finance.get("/bank").text


@pytest.mark.clause("1.1.4b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_lists_mask_the_payer_and_each_look_at_a_row_is_on_the_ledger(finance: Desk, lang: str):
    row = a_row("5.00", "货款特别附言", payer=PAYER)
    listed = finance.get("/bank?state=no_match", lang).text
    assert PAYER not in listed and "上****" in listed and "特别附言" not in listed
    page = finance.get(f"/bank/rows/{row.id}", lang).text
    assert PAYER in page and "特别附言" in page and ACCOUNT not in page
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "bank_row.read")).one()
    assert (entry.actor, entry.facts["reference"]) == (finance.account.audit_ref, row.reference)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\0\0", b"a,b\n1,2\n", b"x" * (5 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_statement_is_refused_at_its_field(finance: Desk, content: bytes):
    answer = send(finance, content)
    assert answer.status_code == 422 and 'id="file-error"' in answer.text
    assert db.session.scalars(select(Statement)).all() == []


def test_no_file_at_all_is_refused_at_its_field(finance: Desk):
    for path, form in (("/bank/statements", "StatementForm"), ("/bank/shapes", "ShapeForm")):
        answer = finance.post(path, form, {})
        assert answer.status_code == 422 and 'id="file-error"' in answer.text


OTHER = "日期,钱,谁,说明\n2026-11-23,5.00,甲公司,款\n".encode()


def test_new_headings_are_asked_for_once(finance: Desk):
    asked = send(finance, OTHER)
    assert asked.status_code == 422 and "What stands in which column?" in asked.text and "说明" in asked.text
    wrong = send(finance, OTHER, "/bank/shapes", "ShapeForm", day="0", credit="", payer="99", remark=["3"])
    assert wrong.status_code == 422 and 'id="credit-error"' in wrong.text and 'id="payer-error"' in wrong.text
    right = send(finance, OTHER, "/bank/shapes", "ShapeForm", day="0", credit="1", payer="2", remark=["3"])
    assert right.status_code == 303
    assert send(finance, OTHER.replace(b"5.00", b"6.00")).status_code == 303
    assert sorted(row.amount.fen for row in rows()) == [500, 600]


def test_a_statement_being_read_shows_how_far_it_is(finance: Desk):
    statement = taken_in(*[a_transfer("1", number=f"M{n:05d}") for n in range(700)], whole=False)
    assert "500 of 700 lines are read" in finance.get(f"/bank/statements/{statement.id}").text


def test_the_proposal_is_filled_in_and_may_be_changed(finance: Desk):
    first, second = an_order(), an_order()
    row = a_row(str(first.total + second.total), f"{code_of(first)} {code_of(second)}")
    page = finance.get(f"/bank/rows/{row.id}").text
    assert f"{first.spoken_number}  {first.total}" in page and "names several orders" in page
    answer = apply(finance, row, f"{first.spoken_number} {first.total}\n\n{second.number}  {second.total}")
    assert answer.status_code == 303
    assert {standing(first).state, standing(second).state} == {"awaiting_shipment"}
    assert "The receipt of this money" in finance.get(f"/bank/rows/{row.id}").text


@pytest.mark.parametrize("typed", [*HOSTILE, "482109375562", "4821 0937 5562  x", "482109375562 -5"])
def test_lines_that_name_no_order_are_refused_at_their_field(finance: Desk, typed: str):
    row = a_row("500.00")
    answer = apply(finance, row, typed)
    assert answer.status_code == 422 and 'id="orders-error"' in answer.text
    assert db.session.scalars(select(Receipt)).all() == []


def test_more_than_the_row_or_than_the_order_needs_is_refused(finance: Desk):
    order = an_order()
    row = a_row(str(order.total + Money(100)))
    for typed in (f"{order.number} 99999999", f"{order.number} {order.total + Money(1)}", f"{order.number}\n" * 2):
        answer = apply(finance, row, typed)
        assert answer.status_code == 422 and 'id="orders-error"' in answer.text, typed
    assert standing(order).paid == ZERO


def test_money_without_an_order_needs_its_tick(finance: Desk):
    row = a_row("5.00")
    assert apply(finance, row, "").status_code == 422
    assert apply(finance, row, "", unapplied="y").status_code == 303
    assert row.reference in finance.get("/receipts").text


def test_a_row_is_set_aside_for_a_reason_and_opened_again(finance: Desk):
    row = a_row("5.00")
    path = f"/bank/rows/{row.id}"
    assert finance.post(f"{path}/setting-aside", "SetAsideForm", {"why": "because"}).status_code == 422
    assert finance.post(f"{path}/setting-aside", "SetAsideForm", {"why": "own_transfer"}).status_code == 303
    assert "A transfer between our own accounts" in finance.get(path).text
    assert finance.post(f"{path}/return", "bank.take_back").status_code == 303
    assert rows()[0].is_open
    assert finance.post(f"{path}/return", "bank.take_back").status_code == 409


@pytest.mark.clause("1.1.5a")
@pytest.mark.clause("P.3")
def test_two_people_above_the_limit_on_the_pages(app: Flask, finance: Desk):
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, remittance_two_people_above=1)
    try:
        order, manager = an_order(), Desk(app, "manager")
        row = a_row(str(order.total), code_of(order))
        assert "desk_second_person" in apply(finance, row, order.number).headers["Location"]
        (asked,) = db.session.scalars(select(Approval)).all()
        own = finance.get("/approvals").text
        assert row.reference in own and f"/approvals/{asked.id}/confirmation" not in own
        confirmation = f"/approvals/{asked.id}/confirmation"
        assert finance.post(confirmation, "approvals.give").status_code == 403
        assert standing(order).paid == ZERO and "waits for a second person" in finance.get(f"/bank/rows/{row.id}").text
        assert confirmation in manager.get("/approvals").text
        assert manager.post(confirmation, "approvals.give").status_code == 303
        assert standing(order).state == "awaiting_shipment"
        assert manager.post(confirmation, "approvals.give").status_code == 409
    finally:
        app.extensions["settings"] = kept


def test_a_missing_token_does_nothing(finance: Desk):
    order = an_order()
    a_row(str(order.total), code_of(order))
    for path in ("/bank/applications", "/bank/checks", f"/bank/rows/{rows()[0].id}/return"):
        assert finance.client.post(f"/en/desk{path}").status_code == 400
    assert standing(order).paid == ZERO


def test_queries_of_the_desk_do_not_grow_with_its_rows(finance: Desk):
    def queries(count: int) -> int:
        taken_in(*[a_transfer("1", number=f"D{count}X{n}") for n in range(count)])
        return queries_of(lambda: finance.get("/bank?state=no_match"))

    queries(1)
    assert queries(3) == queries(40)


@pytest.mark.clause("1.1.5a")
def test_desks_move_money_only_where_the_limit_of_one_person_is_kept():
    for path, text in files.code().items():
        if path.parts[:2] == ("app", "backoffice"):
            moved = re.findall(r"from app\.payments\.(applying|confirming) import ([^#\n]+)", text)
            names = {name.strip() for _, found in moved for name in found.split(",")}
            assert not names & {"confirm_remittance", "apply", "receive", "record"}, path
