"""How long the reconciliation takes when there is much of everything: `python -m bench.reconciling --orders 100000`.

Rows go in past the acts, which would take an hour: each order is paid by one receipt from one row of a statement. What
is measured is the page's own act, and the page as a clerk of finance gets it is that and a template.
"""

import argparse
import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any, cast

from flask import Flask
from sqlalchemy import Table, inspect

from app.accounts.opening import open_account
from app.accounts.passwords import hash_password
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.clock import now
from app.foundation.database import checkpoint, db, new_id
from app.foundation.money import Money
from app.orders.models import Order
from app.payments.bank.models import BankRow, Statement
from app.payments.models import Allocation, Receipt
from app.payments.reconciling import reconcile
from app.settings import Settings

DAYS, PORTION = 365, 5_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reconciling", description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--store", help="address of an empty shop database; a SQLite file of its own by default")
    wish = parser.parse_args()
    for orders in wish.orders:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            store = {"SHOP_DATABASE_URL": wish.store} if wish.store else {}
            app = create_app(Settings.from_environment({"INSTANCE_DIR": folder, **store}))
            with app.app_context():
                fill(app, orders)
                taken = [seconds_of_one() for _ in range(wish.times)]
        print(
            f"{orders:>9,} orders: {median(taken):.2f} s (median of {wish.times}, worst {max(taken):.2f})", flush=True
        )


def seconds_of_one() -> float:
    begun = time.perf_counter()
    found = reconcile(db.session())
    took = time.perf_counter() - begun
    if not found.is_sound or len(found.days) != DAYS:
        raise RuntimeError("the made-up books do not sum to zero")
    return took


def fill(app: Flask, orders: int) -> None:
    """So many orders, each with its receipt, allocation and row, over a year."""
    db.create_all()
    data_keys.metadata.create_all(app.extensions["data_keys"].engine)
    name, phone, password = "bench", "+8613800138000", hash_password(secrets.token_hex(8))
    account = open_account(name=name, phone=phone, password_hash=password, language="zh-cn")
    statement = Statement(subject_id=account.subject_id, lines=0, read=0, kept=0, outgoing=0, faults=[])
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-800000")  # keys are random: all pages are written all along
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        table = cast("Table", inspect(Statement).local_table)
        values = {"file": None, "imported_at": now(), "forgotten_at": None}
        connection.execute(table.insert(), {**_columns(statement), **values})
        for begin in range(0, orders, PORTION):
            made = [_one(account, statement.id, number) for number in range(begin, min(begin + PORTION, orders))]
            for place, model in enumerate((Order, Receipt, Allocation, BankRow)):
                table = cast("Table", inspect(model).local_table)
                connection.execute(table.insert(), [rows[place] for rows in made])
    checkpoint(db.engine)


def _columns(statement: Statement) -> dict[str, Any]:
    return {name: value for name, value in vars(statement).items() if not name.startswith("_")}


def _one(account: Any, statement_id: int, number: int) -> tuple[dict[str, Any], ...]:
    """The four rows of one order's money."""
    order_id, receipt_id, at, total = new_id(), new_id(), now(), Money(100 * (number % 9_999 + 1))
    day = date(2026, 1, 1) + timedelta(days=number % DAYS)
    return tuple(_rows(account, statement_id, number, order_id, receipt_id, at, total, day))


def _rows(
    account: Any, statement_id: int, number: int, order_id: int, receipt_id: int, at: Any, total: Money, day: date
) -> Iterator[dict[str, Any]]:
    yield {
        "id": order_id, "number": f"{number:012d}", "account_id": account.id, "subject_id": account.subject_id,
        "consignee": b"-", "state": "completed", "payment_method": "remittance", "goods": total, "freight": Money(0),
        "total": total, "deposit": total, "paid": total, "refunded": Money(0), "placing_key": str(number),
        "placing_digest": "-", "placed_at": at, "hold_until": at, "paid_at": at, "was_thanked": True,
    }  # fmt: skip
    yield {
        "id": receipt_id, "channel": "remittance", "reference": f"R{number}", "amount": total, "applied": total,
        "received_on": day, "recorded_at": at, "recorded_by": None, "meant_for": order_id,
    }  # fmt: skip
    yield {"id": new_id(), "receipt_id": receipt_id, "order_id": order_id, "amount": total, "at": at, "by": None}
    yield {
        "id": new_id(), "statement_id": statement_id, "number": number, "subject_id": account.subject_id, "payer": None,
        "remark": None, "payer_key": b"", "digest": secrets.token_bytes(32), "reference": f"R{number}", "day": day,
        "amount": total, "state": "applied", "reasons": [], "receipt_id": receipt_id,
    }  # fmt: skip


if __name__ == "__main__":
    main()
