"""Statements as China Merchants Bank exports them, and rows of them."""

import csv
import io
from datetime import date

from sqlalchemy import select

from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.models import Order
from app.payments.bank.importing import keep_statement, read_portion
from app.payments.bank.models import BankRow, Statement
from app.payments.bank.shapes import columns_of
from app.payments.bank.statements import read_lines, table_in
from app.payments.queries import remittance_of
from tests.payments.builders import FINANCE

HEADINGS = [
    "交易日", "交易时间", "起息日", "交易类型", "借方金额", "贷方金额", "余额", "摘要", "流水号", "用途", "收/付方名称",
    "收/付方帐号",
]  # fmt: skip
ABOVE = [["账号", "755900000000001", "币种", "人民币"], ["起始日期", "20261101", "截止日期", "20261130"]]
ACCOUNT = "6225880100000017"
Transfer = dict[str, str]


def a_transfer(
    amount: Money | str,
    remark: str = "",
    *,
    payer: str = "上海示例云算力有限公司",
    number: str = "",
    day: date | str | None = None,
    debit: str = "0.00",
) -> Transfer:
    shown = day if isinstance(day, str) else f"{day or today():%Y%m%d}"
    cells = [shown, "101500", shown, "网银", debit, str(amount), "1,000,000.00", remark, number, "货款", payer, ACCOUNT]
    return dict(zip(HEADINGS, cells, strict=True))


def a_file(*transfers: Transfer, encoding: str = "gb18030", separator: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([*ABOVE, HEADINGS, *([transfer[name] for name in HEADINGS] for transfer in transfers)])
    return out.getvalue().encode(encoding)


def taken_in(*transfers: Transfer, whole: bool = True) -> Statement:
    """A statement that finance took in; to its end unless told otherwise."""
    table = table_in(a_file(*transfers))
    columns = columns_of(db.session(), table)
    assert columns
    statement = keep_statement(read_lines(table, columns, today()), FINANCE, now())
    while whole and not db.session.get_one(Statement, statement.id, populate_existing=True).is_read:
        read_portion(statement.id)
    return statement


def rows() -> list[BankRow]:
    """All rows, in the order of their lines."""
    db.session.expire_all()
    return list(db.session.scalars(select(BankRow).order_by(BankRow.number)))


def a_row(amount: Money | str, remark: str = "", **more: str) -> BankRow:
    statement = taken_in(a_transfer(amount, remark, **{"number": "C0599ABC001", **more}))
    return db.session.scalars(select(BankRow).where(BankRow.statement_id == statement.id)).one()


def code_of(order: Order) -> str:
    return remittance_of(db.session(), order.id).code
