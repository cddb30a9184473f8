"""What sealing costs, and how fast people get their copy: `python -m bench.keys_and_copies rotation|copy|page`.

`rotation` wraps the keys of many people anew while a whole shop serves a signed-in buyer, and counts what failed.
`copy` makes the ZIP of somebody with many orders. `page` opens the consignees of a page of orders, of one person and of
as many people as orders.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select

from app.accounts.opening import open_account
from app.accounts.passwords import hash_password
from app.accounts.people import person_of
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.data_keys import create_subject, subject_keys
from app.foundation.database import db, new_id, open_engine, transaction
from app.foundation.encryption import KEY_BYTES, load_keyring, seal
from app.foundation.money import Money
from app.orders.models import Order
from app.orders.numbers import new_order_number
from app.privacy.export import export
from app.settings import Settings
from bench.live import ROOT, LiveShop
from bench.signing_in import login_cookie

PORTION = 5_000
CONSIGNEE = {
    "warehouse": "一号仓",
    "consignee": "张三丰",
    "address": "内蒙古自治区示例路 8 号",
    "mobile": "+8613800138000",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.keys_and_copies", description=__doc__)
    parser.add_argument("what", choices=["rotation", "copy", "page"])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if wish.what == "rotation":
            rotation(Path(folder), wish.people)
            return
        app = create_app(Settings.from_environment({"INSTANCE_DIR": folder}))
        with app.app_context():
            db.create_all()
            data_keys.metadata.create_all(app.extensions["data_keys"].engine)
            copy(wish.orders) if wish.what == "copy" else page()


def rotation(folder: Path, people: int) -> None:
    """Fill the key store of a running shop, rotate with its command, and ask a personal page all the while."""
    shop = LiveShop(folder)
    for words in (("db", "upgrade"), ("demo", "load")):  # on a busy machine it takes longer than a start may
        _flask(shop, *words)
    shop.start()
    try:
        _fill_keys(shop, people)
        cookie, answers, stop = login_cookie(shop, "buyer"), list[int](), threading.Event()

        def ask() -> None:
            while not stop.is_set():
                answers.append(shop.get("/zh-cn/account", Cookie=f"sid={cookie}").status)

        asking = threading.Thread(target=ask)
        asking.start()
        begun = time.perf_counter()
        said = _flask(shop, "keys", "rotate")
        took = time.perf_counter() - begun
        stop.set()
        asking.join()
    finally:
        shop.stop()
    wrong = sum(status != 200 for status in answers)
    print(f"{said.splitlines()[-1]}; {took:.1f} s; {len(answers)} pages meanwhile, {wrong} errors")


def _flask(shop: LiveShop, *words: str) -> str:
    """A command of the shop beside it; what it said."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=shop.environment, check=True, capture_output=True, text=True).stdout


def _fill_keys(shop: LiveShop, people: int) -> None:
    instance = Path(shop.environment["INSTANCE_DIR"])
    engine = open_engine(f"sqlite:///{instance / 'keys.db'}")
    version, key = load_keyring(str(instance / "keyring.json"), create=False).newest("wrapping")
    for start in range(0, people, PORTION):
        some = [new_id() for _ in range(min(PORTION, people - start))]
        rows = [
            {
                "subject_id": person, "wrapped": seal(key, b"k" * KEY_BYTES, f"subject/{person}"),
                "wrapping_version": version, "created_at": now(),
            }
            for person in some
        ]  # fmt: skip
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(insert(subject_keys), rows)
    engine.dispose()


def copy(orders: int) -> None:
    """The whole ZIP, as it is sent."""
    account = open_account(name="bench", phone="+8613800138000", password_hash=hash_password("bench"))
    for start in range(0, orders, PORTION):
        _place(account.id, account.subject_id, min(PORTION, orders - start))
    person = person_of(account)
    sizes: list[int] = []

    def make() -> None:
        db.session.remove()
        sizes.append(sum(len(piece) for piece in export(db.session(), person, now())))

    print(f"copy of a person with {orders:,} orders: {_seconds(make):.2f} s, {sizes[0] / 1e6:.2f} MB")


def page() -> None:
    """Fifty consignees, as the list of one buyer and as a desk's list of fifty buyers."""
    one = open_account(name="bench", phone="+8613800138000", password_hash=hash_password("bench"))
    _place(one.id, one.subject_id, 50)
    mine = [order.id for order in db.session.scalars(select(Order))]
    for _ in range(50):
        _place(one.id, create_subject(), 1)
    others = list(db.session.scalars(select(Order.id).where(Order.id.not_in(mine))))
    for name, keys in (("one person", mine), ("50 people", others)):
        rows = _seconds(partial(_read, keys, opened=False), 50)
        opened = _seconds(partial(_read, keys, opened=True), 50)
        print(f"50 orders of {name}: rows {1000 * rows:.2f} ms, opened as well {1000 * opened:.2f} ms")


def _read(keys: list[int], *, opened: bool) -> None:
    db.session.remove()
    orders = db.session.scalars(select(Order).where(Order.id.in_(keys))).all()
    if opened:
        for order in orders:
            Order.consignee.read(order)


def _place(account_id: int, subject_id: int, count: int) -> None:
    at, zero = now(), Money(0)
    with transaction() as session:
        append(
            session,
            *(
                Order(
                    id=new_id(),
                    number=new_order_number(),
                    account_id=account_id,
                    subject_id=subject_id,
                    consignee=CONSIGNEE,
                    state="completed",
                    payment_method="remittance",
                    goods=zero,
                    freight=zero,
                    total=zero,
                    deposit=zero,
                    paid=zero,
                    refunded=zero,
                    placing_key=f"{new_id():x}",
                    placing_digest="-",
                    placed_at=at,
                    hold_until=at,
                    was_thanked=True,
                )
                for _ in range(count)
            ),  # fmt: skip
        )


def _seconds(act: Callable[[], None], times: int = 5) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return median(taken)


if __name__ == "__main__":
    main()
