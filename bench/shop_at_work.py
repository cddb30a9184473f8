"""Everybody at work without end in the instance folder given as argument, telling each act on a line once it is done.

For each line of the input a process begins to work; it is named on a line too, and so is its death. Each buyer lives
order after order (`bench.lives`); one thread keeps the goods desk, one does the worker's duties.
"""

import os
import random
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask

from app.accounts.models import Account
from app.catalog.models import Sku
from app.checkout.placing import Buyer
from app.factory import create_app
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.stores import checkpoint_stores
from app.orders.cancelling import expire_holds
from app.payments.chinabank.listening import judge_left_behind
from app.settings import Settings
from app.stock.models import StockLevel
from app.stock.moving import move
from app.stock.queries import open_warehouses
from app.stock.receiving import receive
from bench.lives import Life

PAUSE_SECONDS = 0.05


def shop_in(folder: Path) -> Flask:
    return create_app(Settings.from_environment({"INSTANCE_DIR": str(folder), "RATE_LIMITS": "off"}))


def main(folder: Path) -> None:
    """This process opens no store itself: each one that works is a copy of it, so that a death costs no start."""
    app = shop_in(folder)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            tell("working", str(os.getpid()))
            work(app)
        os.waitpid(child, 0)
        tell("died", str(child))


def work(app: Flask) -> None:
    """Never returns."""
    with app.app_context():
        accounts = db.session.query(Account).all()
        buyers = [Buyer(each.id, each.subject_id, each.audit_ref) for each in accounts]
        skus = [sku.id for sku in db.session.query(Sku).filter(Sku.moq == 1, Sku.available) if sku.is_on_sale]
        db.session.remove()
    dice = random.Random()  # noqa: S311 - what happens next, not a secret
    lives = [Life(buyer, dice, tell) for buyer in buyers]
    acts = [*(partial(live, life, skus) for life in lives), partial(keep_stock, skus, dice), do_duties]
    threads = [threading.Thread(target=for_ever, args=(app, act), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def live(life: Life, skus: list[int]) -> None:
    life.live(life.dice.sample(skus, 2))


def for_ever(app: Flask, act: Callable[[], None]) -> None:
    while True:
        with app.app_context():
            try:
                act()
            except BusinessError:  # sold out, or changed under somebody's hands: on with the next
                db.session.rollback()
            db.session.remove()


def tell(what: str, number: str) -> None:
    sys.stdout.write(f"{what} {number}\n")
    sys.stdout.flush()


def keep_stock(skus: list[int], dice: random.Random) -> None:
    """The goods desk: deliveries come in, and free units go from one warehouse to another."""
    places = [place.id for place in db.session.scalars(open_warehouses())]
    sku_id = dice.choice(skus)
    receive(sku_id, dice.choice(places), 3, now(), lot=f"L{dice.randrange(4)}", reason="bench")
    level = db.session.query(StockLevel).filter_by(sku_id=sku_id).first()
    if level is not None:
        move(sku_id, level.warehouse_id, dice.choice(places), 1, now(), lot=level.lot.code, reason="bench")


def do_duties() -> None:
    """The worker's: what ran out of time ends, what a dead process left of the institution's word is judged, and
    SQLite's log is folded back.
    """
    expire_holds()
    judge_left_behind()
    checkpoint_stores()
    threading.Event().wait(PAUSE_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
