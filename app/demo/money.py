"""Money of the demonstration shop that comes by other ways than a clerk's hand: the institution's word, a statement."""

import csv
import io
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Account
from app.demo.people import account_of, actor_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.foundation.languages import DEFAULT_LANGUAGE
from app.foundation.money import Money
from app.orders.models import Order
from app.orders.queries import awaiting_remittance
from app.payments.bank.importing import keep_statement
from app.payments.bank.models import Statement
from app.payments.bank.shapes import CHINA_MERCHANTS, columns_of
from app.payments.bank.statements import read_lines, table_in
from app.payments.chinabank.attempting import begin_attempt
from app.payments.chinabank.gateway import gateway_of
from app.payments.chinabank.listening import judge, listen
from app.payments.chinabank.models import NOTICE
from app.payments.chinabank.protocol import CNY, PAID, Word
from app.payments.chinabank.queries import attempt_numbered
from app.payments.queries import remittance_of
from app.settings import current_settings

STATEMENT_HOURS_AGO = 3
TOO_MUCH = Money.yuan(500)
HEADINGS = [name for names in CHINA_MERCHANTS.values() for name in names[:1]]


def pay_online(order: Order, moment: datetime) -> None:
    """The buyer goes to the institution and pays; its notice comes as it does there, signed with our key."""
    gateway = gateway_of(current_settings())
    number = begin_attempt(order.id, gateway, DEFAULT_LANGUAGE, moment)
    attempt = attempt_numbered(db.session(), order, number)
    said = (attempt.oid, PAID, str(attempt.amount), CNY)
    word = Word(*said, gateway.merchant.signed(*said))
    body = repr(word).encode()
    judge(listen(word, body, NOTICE, moment), gateway.merchant, moment)


def take_in_statement(start: datetime) -> int:
    """Three lines of this morning: one fits its order, one is more than its order needs, one names no order.

    Nobody has decided on them yet. Once, however often the demo is loaded.
    """
    session = db.session()
    if session.scalar(select(Statement.id).limit(1)) is not None:
        return 0
    moment = start - timedelta(hours=STATEMENT_HOURS_AGO)
    day = moment.astimezone(SHANGHAI).date()
    by_company, by_buyer = _awaited_of("company"), _awaited_of("buyer")
    rows = [
        (by_company.due_now, "DEMO2026FITS", "新疆示例云算力有限公司", _code_of(by_company)),
        (by_buyer.due_now + TOO_MUCH, "DEMO2026MORE", "李明", _code_of(by_buyer)),
        (Money.yuan(20_000), "DEMO2026NONE", "四川示例矿业有限公司", "货款 S21"),
    ]
    table = table_in(_file([[f"{day:%Y%m%d}", str(amount), "", *rest] for amount, *rest in rows]))
    columns = columns_of(session, table)
    if columns is None:
        raise RuntimeError("the ready headings are not known any more")
    with at(moment):
        return keep_statement(read_lines(table, columns, day), actor_of("finance"), moment).kept


def _file(rows: list[list[str]]) -> bytes:
    """As the bank exports it."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *rows])
    return out.getvalue().encode("gb18030")


def _awaited_of(who: str) -> Order:
    """The buyer's order that was placed first of those that wait for a remittance."""
    account: Account | None = account_of(who)
    mine = awaiting_remittance().where(Order.account_id == account.id) if account else awaiting_remittance()
    return db.session.scalars(mine.order_by(None).order_by(Order.placed_at).limit(1)).one()


def _code_of(order: Order) -> str:
    return remittance_of(db.session(), order.id).spoken_code
