"""Taking a statement in: sealed, once, resumed after a stop, forgotten in time. Clauses 1.1.4b, 5.1.1c."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.models import Account
from app.foundation.clock import Clock, now, today
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.personal_data import Purpose, PurposeRefused, purpose
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.payments.bank import importing
from app.payments.bank.checking import check_again
from app.payments.bank.deciding import read_row
from app.payments.bank.importing import PORTION, keep_statement, read_on, read_portion
from app.payments.bank.models import APPLIED, DUPLICATE, INVALID, Statement
from app.payments.bank.shapes import columns_of, remember
from app.payments.bank.statements import Reading, read_lines, table_in
from app.privacy.keeping import enforce
from app.settings import current_settings
from tests.backoffice.test_orders_desk import queries_of
from tests.checkout.builders import an_order
from tests.companies.builders import NAME, with_company
from tests.payments.bank.builders import a_file, a_row, a_transfer, code_of, rows, taken_in
from tests.payments.builders import FINANCE, pay

SECRET = "不可外传的附言"
MANY = PORTION * 2 + 7


def many() -> list[dict[str, str]]:
    return [a_transfer(f"{n}.00", number=f"C{n:07d}") for n in range(1, MANY + 1)]


def whole(statement: Statement) -> Statement:
    return db.session.get_one(Statement, statement.id, populate_existing=True)


def uploaded() -> list[Path]:
    return [path for path in current_settings().uploads_dir.rglob("*") if path.is_file()]


@pytest.mark.clause("1.1.4b")
@pytest.mark.clause("5.1.1c")
def test_payer_and_remark_are_sealed_and_open_for_matching_alone(app: Flask):
    row = a_row("5.00", SECRET, payer=NAME)
    stored = db.session.execute(text("SELECT payer, remark, payer_key FROM bank_rows")).one()
    assert not any(SECRET.encode() in bytes(cell) or NAME.encode() in bytes(cell) for cell in stored)
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        assert row.remark
    assert SECRET in read_row(row, FINANCE)[1]


@pytest.mark.clause("1.1.4b")
def test_lines_that_wait_lie_in_a_sealed_file_that_is_gone_when_they_are_read(app: Flask):
    before = set(uploaded())
    statement = taken_in(*many(), a_transfer("1", SECRET, number="LAST"), whole=False)
    (waiting,) = set(uploaded()) - before
    assert SECRET.encode() not in waiting.read_bytes()
    while read_on():
        pass
    assert set(uploaded()) == before and whole(statement).file is None


def test_the_same_rows_in_another_statement_are_left_out_and_told(app: Flask):
    first, second = a_transfer("5", "x", number="C1234"), a_transfer("6", "y")
    taken_in(first, second)
    again = taken_in(second, a_transfer("7", number="C9999"), {**first, "摘要": "another export says more"})
    assert [row.amount.fen for row in rows()] in ([500, 700, 600], [500, 600, 700])
    assert whole(again).faults == [[4, "known"], [6, "known"]] and whole(again).kept == 1


def test_equal_transfers_without_a_number_are_all_kept_once(app: Flask):
    twins = [a_transfer("5", "x")] * 2
    taken_in(*twins)
    taken_in(*twins, twins[0])
    assert len(rows()) == 3


def test_a_large_statement_is_read_in_portions_to_its_end(app: Flask):
    statement = taken_in(*many(), whole=False)
    assert (whole(statement).read, whole(statement).is_read) == (PORTION, False)
    assert run_duty(app, DUTIES["payments.read_statements"])
    assert whole(statement).read == 2 * PORTION
    assert read_on() == 7 and read_on() == 0
    assert (whole(statement).kept, whole(statement).is_read, len(rows())) == (MANY, True, MANY)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("instant", ["before the rows", "after the rows", "after the commit"])
def test_a_killed_import_goes_on_where_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch, instant: str):
    statement_id = taken_in(*many(), whole=False).id

    def die(*_: object) -> None:
        raise Killed

    place = {"before the rows": "_new_rows", "after the rows": "check", "after the commit": "remove_private"}[instant]
    with monkeypatch.context() as doomed:
        doomed.setattr(importing, place, die)
        with pytest.raises(Killed):
            for _ in range(3):
                read_portion(statement_id)
    db.session.remove()
    statement = db.session.get_one(Statement, statement_id)
    while not whole(statement).is_read:
        read_portion(statement_id)
    assert whole(statement).kept == MANY and sorted(row.amount.fen for row in rows())[-1] == MANY * 100


def test_rows_are_matched_as_they_come(app: Flask):
    order, other = an_order(), an_order()
    pay(other, reference="BYHAND1")
    taken_in(
        a_transfer(str(order.total), f"款 {code_of(order)}", number="R0001"),
        a_transfer(str(other.total), number="BYHAND1"),
        a_transfer("1.00", number="BYHAND1"),
        a_transfer("1.00", number="SAME1"),
        a_transfer("2.00", number="SAME1"),
        a_transfer("3.00"),
    )
    assert [row.state for row in rows()] == ["valid", DUPLICATE, INVALID, "no_match", INVALID, "no_match"]
    assert rows()[1].receipt_id and rows()[1].reasons == ["recorded"]


def test_a_payer_without_code_is_known_by_the_company_of_the_account(app: Flask):
    order = an_order()
    with_company(db.session.get_one(Account, order.account_id), "上海示例（集团）有限责任公司")
    row = a_row(str(order.total), payer="上海示例(集团)有限公司")
    assert (row.state, row.reasons) == ("needs_person", ["by_payer"])


def test_queries_of_a_portion_do_not_grow_with_its_rows(app: Flask):
    def queries(count: int) -> int:
        order = an_order()
        statement = taken_in(a_transfer("1", number=f"N{count}"))
        assert whole(statement).is_read
        transfers = [a_transfer("1", code_of(order), number=f"Q{count}X{n}") for n in range(count)]
        return queries_of(lambda: taken_in(*transfers))

    queries(2)
    assert queries(40) == queries(4)


def test_other_headings_are_asked_for_and_remembered(app: Flask):
    table = table_in("日期,钱,谁,说明\n2026-11-23,5,甲,x\n".encode())
    assert columns_of(db.session(), table) is None
    said = {"day": (0,), "credit": (1,), "payer": (2,), "remark": (2, 3)}
    with pytest.raises(MoveNotAllowed):
        remember(table, said, Actor("clerk", 1))
    remember(table, said, FINANCE)
    remembered = columns_of(db.session(), table_in("日期,钱,谁,说明\n2026-11-24,6,乙,y\n".encode("gbk")))
    assert remembered == said


def test_only_finance_takes_statements_in(app: Flask):
    with pytest.raises(MoveNotAllowed):
        keep_statement(Reading((), 0, ()), Actor("clerk", 1), now())


def test_a_statement_without_any_line_of_money_in_is_read_at_once(app: Flask):
    table = table_in(a_file(a_transfer("0.00", debit="5.00")))
    columns = columns_of(db.session(), table)
    assert columns
    kept = keep_statement(read_lines(table, columns, today()), FINANCE, now())
    assert whole(kept).is_read and whole(kept).file is None and whole(kept).outgoing == 1


@pytest.mark.clause("1.1.4b")
def test_after_its_keeping_time_nobody_can_read_a_row_and_its_money_stays(app: Flask, clock: Clock):
    order = an_order()
    row = a_row(str(order.total), f"{code_of(order)} {SECRET}")
    statement = row.statement
    clock.travel(days=3650 - 30)
    assert enforce(now(), "statements") == {"statements": 0}
    clock.travel(days=3700)
    assert [enforce(now(), "statements")["statements"] for _ in range(2)] == [1, 0]
    (row,) = rows()
    assert (row.amount, whole(statement).forgotten_at is not None) == (order.total, True)
    assert read_row(row, FINANCE) == ("", "")
    left = db.session.execute(text("SELECT payer, remark, payer_key FROM bank_rows")).one()
    assert tuple(left) == (None, None, b"")
    assert data_keys().load([row.subject_id]) == {}


def test_states_that_are_decided_are_not_judged_again(app: Flask):
    row = a_row("5.00")
    with transaction():
        row.state = APPLIED
    assert check_again() == 0 and rows()[0].state == APPLIED
