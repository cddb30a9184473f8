"""How long the lists of the desk take when there is much of everything: `python -m bench.desks --orders 100000`.

One order lives by the real acts: paid, sent, received, a refund asked for, a case opened, an invoice applied for. Its
rows are then copied past the acts, each copy in some state of such a life. What is measured is each list's first page
as its view gives it, after one look that fills the caches; `statements` is how many the store was asked.
"""

import argparse
import json
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import median
from typing import Any, cast

from flask import Flask
from sqlalchemy import Engine, Table, event, insert, inspect, select

from app.accounts.opening import open_account
from app.accounts.undertaking import Signed, keep_undertaking
from app.after_sales.claimable import claimable_lines
from app.after_sales.models import Case
from app.after_sales.opening import Claim, open_case
from app.cart.holding import MemberCart
from app.checkout.placing import place_order
from app.checkout.reviewing import review
from app.factory import create_app
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import checkpoint, db, new_id, transaction
from app.foundation.encryption import seal
from app.foundation.money import Money
from app.foundation.personal_data import key_of
from app.foundation.web_session import begin_session
from app.invoices.applying import Wish, apply
from app.invoices.models import Invoice
from app.invoices.titles import Title
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.receiving import confirm_receipt
from app.payments.bank.models import BankRow, Statement
from app.payments.chinabank.models import GatewayMessage
from app.payments.confirming import confirm_remittance
from app.payments.models import Allocation, Receipt, Remittance
from app.refunds.asking import Reduction, ask
from app.refunds.models import Refund, RefundLine
from app.settings import Settings
from app.shipping.handing_over import Packed, ship
from app.shipping.models import Parcel, ParcelLine
from app.shipping.queries import machine_lines
from app.stock.models import StockMovement
from bench.last_unit import goods, member
from bench.lives import THEIR_ACCOUNT

PORTION, TIMES = 2_000, 7
FINANCE, CLERK = Actor("finance", 1), Actor("clerk", 2)
TITLE = Title("person", "测试")
STATES_OF = {
    "orders": ("awaiting_payment", "awaiting_shipment", "awaiting_receipt", "cancelled", "completed"),
    "bank_rows": ("valid", "needs_person", "no_match", "set_aside", "applied"),
    "refunds": ("asked", "approved", "refused", "paid"),
    "after_sales_cases": ("awaiting_seller", "awaiting_buyer", "closed"),
    "invoices": ("applied", "ended"),
    "gateway_messages": ("late", "wrong_signature", "repeated", "applied"),
}
"""The last one is that of all but so many in a hundred."""
COPIED = (
    Order, OrderPart, OrderLine, Remittance, Receipt, Allocation, Parcel, ParcelLine, Refund, RefundLine, Case, Invoice,
    BankRow, GatewayMessage, StockMovement, LedgerEntry,
)  # fmt: skip
"""In the order in which their rows name each other."""
LISTS = (
    "", "/orders", "/orders?state=completed", "/orders?page=15", "/orders?page=1500", "/remittances", "/bank",
    "/bank?state=applied", "/receipts", "/payments", "/payments?show=distrust", "/payments?show=all", "/refunds",
    "/refunds?state=paid", "/refunds?state=all", "/after-sales", "/after-sales?tab=closed", "/after-sales?tab=late",
    "/invoices", "/invoices?show=ended", "/stock", "/ledger",
)  # fmt: skip
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.desks", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--store", help="address of an empty shop database; a SQLite file of its own by default")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = {"SHOP_DATABASE_URL": wish.store} if wish.store else {}
        app = create_app(Settings.from_environment({"INSTANCE_DIR": folder, "RATE_LIMITS": "off", **store}))
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
        if done.exit_code:
            raise RuntimeError(f"flask db upgrade: {done.output}") from done.exception
        with app.app_context():
            mould, so_many = mould_of(one_whole_life()), 0
        for orders in wish.orders:
            with app.app_context():
                copy(mould, range(so_many, orders))
                so_many = orders
            measure(app, orders)


def measure(app: Flask, orders: int) -> None:
    print(f"{f'{orders:,} orders':<28}{'median ms':>10}{'worst':>8}{'statements':>12}", flush=True)
    look = a_manager(app)
    for path in LISTS:
        look(path)
        taken = []
        for _ in range(TIMES):
            with statements() as asked:
                begun = time.perf_counter()
                look(path)
                taken.append((time.perf_counter() - begun) * 1000)
        print(f"{'/desk' + path:<28}{median(taken):>10.1f}{max(taken):>8.1f}{len(asked):>12}", flush=True)


def a_manager(app: Flask) -> Callable[[str], None]:
    """A browser in which a manager is signed in: give it a path below the desk. Raises RuntimeError for no page."""
    with app.test_request_context():
        from flask import session

        account = open_account(name=f"m{new_id():x}"[:12], phone=f"+86139{new_id() % 10**8:08}", password_hash="-")  # noqa: S106 - none fits
        with transaction():
            account.role = "manager"
        keep_undertaking(account, Signed("0" * 64, today(), today(), today()), now(), recorded_by=None)
        begin_session(account.id, browser="bench", second_factor=True)
        token = str(session.new_token)  # type: ignore[attr-defined]
    client = app.test_client()
    client.set_cookie("sid", token)

    def look(path: str) -> None:
        answer = client.get(f"/en/desk{path}")
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered {answer.status_code}")

    return look


@contextmanager
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def one_whole_life() -> Order:
    """By the real acts."""
    buyer, skus, at = member(1), goods(), now()
    MemberCart(db.session(), buyer.buyer.account_id).put(skus[0], 2, None, at)
    offer = review(db.session(), buyer.buyer.account_id, None).offer
    if offer is None:
        raise RuntimeError("nothing can be ordered")
    order = place_order(buyer.buyer, buyer.address_id, "bench", offer.fingerprint, at)
    confirm_remittance(order.id, "BENCH1", order.due_now, today(), FINANCE, at)
    machines = machine_lines(db.session(), order)
    [line] = order.lines
    serials = ("BENCH0001", "BENCH0002") if line.id in machines else ()
    ship(line.part_id, "sf", "SF1234567890", CLERK, at, [Packed(line.id, 2, serials)])
    with transaction() as session:
        wanted = [Reduction(line.id, 0, line.unit_price)]
        ask(session, order.id, wanted, {}, "price", CLERK, at, payee=THEIR_ACCOUNT)
    apply(order.id, Wish("ordinary", TITLE), buyer.buyer.actor, at)
    confirm_receipt(line.part_id, buyer.buyer.actor, at)
    [claimed] = claimable_lines(db.session(), standing(order))
    units = tuple(unit.id for unit in claimed.machines)[:1]
    open_case(order.id, claimed.place, Claim("refund", "broken", "测试", 1, units), [], buyer.buyer.actor, at)
    return standing(order)


def standing(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def mould_of(order: Order) -> list[tuple[Table, Row]]:
    """A row of each table, out of the one life or made up."""
    statement = Statement(
        subject_id=order.subject_id, lines=0, read=0, kept=0, outgoing=0, faults=[], imported_at=now()
    )
    with transaction() as session:
        session.add(statement)
    made_up: dict[Any, Row] = {
        BankRow: {
            "statement_id": statement.id, "number": 1, "subject_id": order.subject_id, "payer_key": b"",
            "reference": "B", "day": today(), "amount": order.total, "state": "applied", "reasons": [],
        },
        GatewayMessage: {
            "came_by": "notice", "v_oid": "-", "v_pstatus": "20", "v_amount": "1.00", "v_moneytype": "CNY",
            "v_md5str": "-", "digest": "-", "received_at": now(), "verdict": "applied",
        },
    }  # fmt: skip
    mould = []
    for model in COPIED:
        table = cast("Table", inspect(model).local_table)
        found = db.session.execute(select(table).limit(1)).first()
        mould.append((table, dict(found._mapping) if found else {"id": 0, **made_up[model]}))
    return mould


def copy(mould: list[tuple[Table, Row]], numbers: range) -> None:
    """One copy of every row for each number, with keys of its own."""
    order = db.session.scalars(select(Order).limit(1)).one()
    key = key_of(order)
    sealed = {
        "orders": ("consignee", json.dumps(Order.consignee.read(order), ensure_ascii=False).encode()),
        "invoices": ("title", json.dumps(TITLE.block(), ensure_ascii=False).encode()),
    }
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-800000")  # keys are random: all pages are written all along
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for begin in range(numbers.start, numbers.stop, PORTION):
            portion = range(begin, min(begin + PORTION, numbers.stop))
            keys: list[dict[int, int]] = [{} for _ in portion]
            for table, row in mould:
                made = [copied(table.name, row, number, known) for number, known in zip(portion, keys, strict=True)]
                for each in made if table.name in sealed else ():
                    name, plain = sealed[table.name]
                    each[name] = seal(key, plain, f"{table.name}/{name}/{each['id']}")
                connection.execute(insert(table), made)
    checkpoint(db.engine)
    if db.engine.dialect.name == "postgresql":  # which does so by itself after a while; SQLite never does
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def copied(table: str, row: Row, number: int, keys: dict[int, int]) -> Row:
    """The row under other keys, minutes before, in one of the states of such a life."""
    keys[row["id"]] = new_id()
    before = timedelta(minutes=number)
    made = {name: keys.get(value, value) if isinstance(value, int) else value for name, value in row.items()}
    made = {name: value - before if isinstance(value, date) else value for name, value in made.items()}
    own = {"number": f"{number:012d}", "code": f"C{number:014d}", "placing_key": str(number), "reference": f"R{number}"}
    made |= {name: own[name] for name in own if isinstance(row.get(name), str)}
    if table == "bank_rows":
        made["digest"] = secrets.token_bytes(32)
    return made | state_of(table, number % 100, made)


def state_of(table: str, percent: int, row: Row) -> Row:
    """What there is to do is little, and what is done is nearly all."""
    if table in STATES_OF:
        words = STATES_OF[table]
        state = words[percent] if percent < len(words) - 1 else words[-1]
        more = {"closed_at": row["opened_at"] if state == "closed" else None} if table == "after_sales_cases" else {}
        return {"verdict" if table == "gateway_messages" else "state": state, **more}
    if table == "receipts" and percent == 0:
        return {"amount": row["amount"] + Money(100)}
    return {}


if __name__ == "__main__":
    main()
