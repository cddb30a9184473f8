"""A hundred buyers after one unit, and after ten, all at the same moment: `python -m bench.last_unit`.

Each has read the review page and presses the button through the real act, on SQLite and on PostgreSQL. As many orders
as there were units must come of it, the rest must be refused by name, and the ledger must prove every level.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app.cart.holding import MemberCart
from app.catalog.models import Sku
from app.checkout.addresses import Consignee, add_address
from app.checkout.placing import Buyer, place_order
from app.checkout.reviewing import review
from app.factory import create_app
from app.foundation.clock import now
from app.foundation.database import db, new_id
from app.foundation.errors import BusinessError
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.settings import Settings
from app.stock.models import StockLevel
from app.stock.queries import levels_off_ledger
from app.stock.receiving import adjust, receive
from bench.engines import Postgres

UNITS = (1, 10)


@dataclass(frozen=True)
class Member:
    """A buyer with the address that everything goes to."""

    buyer: Buyer
    address_id: int


@dataclass(frozen=True)
class Round:
    """What came of one: orders made, refusals by name, everything else that was raised, and what the stock says."""

    units: int
    ordered: int
    refused: Counter[str]
    faults: list[str]
    held: int
    off_ledger: int
    seconds: float

    @property
    def is_well(self) -> bool:
        return self.ordered == self.held == self.units and not self.faults and not self.off_ledger


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.last_unit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--buyers", type=int, default=100)
    wish = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Postgres() as postgres:
        for name, url in (("SQLite", ""), ("PostgreSQL", postgres.new_database())):
            for units, rounds in rounds_of(Path(folder) / name, url, wish.rounds, wish.buyers):
                bad = sum(not each.is_well for each in rounds)
                failed += bad
                refused = sum((each.refused for each in rounds), Counter[str]())
                took, orders = sum(each.seconds for each in rounds), sum(each.ordered for each in rounds)
                print(f"{name}: {wish.buyers} buyers after {units}, {len(rounds)} rounds: {bad} bad, {orders} orders")
                print(f"  refused {dict(refused)}, {took / len(rounds):.2f} s a round", flush=True)
                for each in rounds:
                    if not each.is_well:
                        print(f"  {each}")
    return 1 if failed else 0


def rounds_of(folder: Path, url: str, rounds: int, buyers: int) -> Iterator[tuple[int, list[Round]]]:
    """Rounds of one engine, for each number of units."""
    more = {"SHOP_DATABASE_URL": url} if url else {}
    app = create_app(Settings.from_environment({"INSTANCE_DIR": str(folder), "RATE_LIMITS": "off", **more}))
    done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    if done.exit_code:
        raise RuntimeError(f"flask db upgrade: {done.output}") from done.exception
    with app.app_context():
        members = [member(number) for number in range(buyers)]
        skus = goods()
        for units in UNITS:
            yield units, [one_round(app, members, skus[number % len(skus)], units) for number in range(rounds)]


def member(number: int) -> Member:
    from app.accounts.opening import open_account

    phone = f"+86137{number:08}"
    account = open_account(name=f"bench{number:04}", phone=phone, password_hash="-")  # noqa: S106 - none fits
    home = Consignee("测试仓", "测试", "上海市浦东新区示例路 1 号", phone)
    address = add_address(account.id, account.subject_id, home, now())
    return Member(Buyer(account.id, account.subject_id, account.audit_ref), address.id)


def goods() -> list[int]:
    """SKUs of the demonstration shop of which one unit can be ordered; its recipients are bound too."""
    from app.catalog.commands import SHIPPED_SHEET
    from app.catalog.importing import import_sheet
    from app.demo.papers import bind_everybody
    from app.stock.furnishing import furnish

    bind_everybody(Actor("manager", 1), Actor("manager", 2), now())
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    furnish(1, now())
    single = select(Sku).join(StockLevel).where(Sku.moq == 1, Sku.price.is_not(None)).distinct().order_by(Sku.id)
    return [sku.id for sku in db.session.scalars(single) if sku.is_on_sale]


def one_round(app: Flask, members: list[Member], sku_id: int, units: int) -> Round:
    """Leave so many units of a SKU, let everybody look, press all at once, and clear up."""
    only(sku_id, units)
    gate = threading.Barrier(len(members))
    acts = [about_to_press(app, each, sku_id, gate) for each in members]
    begun = time.monotonic()
    with ThreadPoolExecutor(len(acts)) as threads:
        answers = list(threads.map(lambda act: act(), acts))
    seconds = time.monotonic() - begun
    db.session.expire_all()
    held = int(db.session.scalar(select(func.sum(StockLevel.held)).where(StockLevel.sku_id == sku_id)) or 0)
    made = [answer for answer in answers if isinstance(answer, int)]
    refused = Counter(type(answer).__name__ for answer in answers if isinstance(answer, BusinessError))
    faults = [
        repr(answer) for answer in answers if isinstance(answer, Exception) and type(answer).__name__ not in refused
    ]
    off_ledger = len(levels_off_ledger(db.session()))
    for order_id, each in zip(answers, members, strict=True):
        if isinstance(order_id, int):
            cancel(order_id, each.buyer.actor, now())
        else:
            MemberCart(db.session(), each.buyer.account_id).remove([sku_id])
    return Round(units, len(made), refused, faults, held, off_ledger, seconds)


def only(sku_id: int, units: int) -> None:
    """Count away all there is of a SKU, and receive so many."""
    levels = db.session.scalars(select(StockLevel).where(StockLevel.sku_id == sku_id, StockLevel.on_hand > 0)).all()
    for level in levels:
        adjust(sku_id, level.warehouse_id, -level.on_hand, now(), lot=level.lot.code, reason="bench")
    where = db.session.scalar(select(StockLevel.warehouse_id).where(StockLevel.sku_id == sku_id).limit(1))
    if where is None:
        raise RuntimeError("the SKU was never in stock")
    receive(sku_id, where, units, now(), reason="bench")


def about_to_press(app: Flask, each: Member, sku_id: int, gate: threading.Barrier) -> Callable[[], int | Exception]:
    """Put the SKU into the cart and read the review page; what comes back presses the button with all others."""
    price = db.session.scalar(select(Sku.price).where(Sku.id == sku_id))
    MemberCart(db.session(), each.buyer.account_id).put(sku_id, 1, price, now())
    offer = review(db.session(), each.buyer.account_id, None).offer
    if offer is None:
        raise RuntimeError("the cart cannot be ordered")
    shown, key = offer.fingerprint, f"{new_id():x}"

    def press() -> int | Exception:
        with app.app_context():
            gate.wait()
            try:
                return place_order(each.buyer, each.address_id, key, shown, now()).id
            except Exception as error:
                return error
            finally:
                db.session.remove()

    return press


if __name__ == "__main__":
    sys.exit(main())
