"""Filling the shelf from the store, and keeping one per process that is as new as the catalogue.

Asking whether it is still new is one small query a request. Selling out flips a bit; any other change rebuilds: at once
where that is quick, on a thread beside the old shelf where the catalogue is large.
"""

import threading
import time
from collections.abc import Iterator

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.facets import Shelf, SkuFacts
from app.catalog.models import ALGORITHM, COIN, PUBLISHED, Brand, Category, Product, Sku, product_coins
from app.catalog.versions import Standing, flips_since, standing
from app.foundation.database import db

SLOW_BUILD_SECONDS = 0.25
ROWS_AT_ONCE = 2000


def read_shelf(session: Session, at: Standing) -> Shelf:
    """A shelf of everything published, read in one pass."""
    return Shelf(_facts(session), at, _labels(session))


def _labels(session: Session) -> dict[str, tuple[str, str]]:
    labels = {f"brand/{row.code}": (row.name_zh, row.name_en) for row in session.scalars(select(Brand))}
    for row in session.scalars(select(Category).order_by(Category.position)):
        facet = row.kind if row.kind in (ALGORITHM, COIN) else "type"
        labels[f"{facet}/{row.code}"] = (row.name_zh, row.name_en)
    return labels


def _facts(session: Session) -> Iterator[SkuFacts]:
    brands = {row.id: row.code for row in session.execute(select(Brand.id, Brand.code))}
    categories = {
        row.id: (row.code, row.unit) for row in session.execute(select(Category.id, Category.code, Category.unit))
    }
    coins: dict[int, tuple[str, ...]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    for product_id, category_id in session.execute(select(product_coins).execution_options(yield_per=ROWS_AT_ONCE)):
        codes = (*coins.get(product_id, ()), categories[category_id][0])
        coins[product_id] = same.setdefault(codes, codes)
    rows = (
        select(
            Sku.id, Product.id, Product.kind, Product.category_id, Product.brand_id, Sku.cooling, Sku.condition,
            Sku.delivery, Sku.available, Product.name_en, Sku.hashrate, Sku.power_mw, Sku.efficiency_fj,
            Sku.noise_high_db, Sku.price, Sku.released,
        )
        .join(Product, Product.id == Sku.product_id)
        .where(Product.state == PUBLISHED, Sku.withdrawn.is_(False))
        .order_by(Product.id, Sku.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )  # fmt: skip
    for (sku, product, kind, category_id, brand_id, cooling, condition, delivery, available, name, hashrate, power,
         efficiency, noise, price, released) in session.execute(rows):  # fmt: skip
        category, unit = categories[category_id]
        yield SkuFacts(
            sku, product, kind, category, unit, brands[brand_id], coins.get(product, ()), cooling, condition, delivery,
            available, len(name), hashrate, power, efficiency, noise, price and price.fen, released,
        )  # fmt: skip


class ShelfKeeper:
    """One per application. Threads may share it: a shelf is replaced whole, flips go in under a lock."""

    def __init__(self) -> None:
        self._shelf: Shelf | None = None
        self._lock = threading.Lock()
        self._build_seconds = 0.0
        self._builder: threading.Thread | None = None

    def current(self, session: Session) -> Shelf:
        """The shelf as the catalogue stands now (or, for a moment after a change of a large one, as it stood)."""
        now = standing(session)
        shelf = self._shelf
        if shelf is not None and shelf.standing == now:
            return shelf
        with self._lock:
            shelf = self._shelf
            if shelf is None or (shelf.standing.version != now.version and self._build_seconds < SLOW_BUILD_SECONDS):
                return self._rebuild(session, now)
            if shelf.standing.version != now.version:
                self._rebuild_beside(current_app._get_current_object())  # type: ignore[attr-defined]
            elif shelf.standing.flip != now.flip:
                flips = flips_since(session, shelf.standing.flip)
                if flips is None:
                    return self._rebuild(session, now)
                shelf.flip(flips, now.flip)
            return shelf

    def latest(self, session: Session) -> Shelf:
        """The shelf at hand, without asking whether it is new: for menus."""
        return self._shelf or self.current(session)

    def _rebuild(self, session: Session, at: Standing) -> Shelf:
        started = time.perf_counter()
        self._shelf = read_shelf(session, at)
        self._build_seconds = time.perf_counter() - started
        return self._shelf

    def _rebuild_beside(self, app: Flask) -> None:
        if self._builder is None or not self._builder.is_alive():
            self._builder = threading.Thread(target=self._rebuild_in, args=(app,), name="shelf", daemon=True)
            self._builder.start()

    def _rebuild_in(self, app: Flask) -> None:
        with app.app_context():
            self._rebuild(db.session(), standing(db.session()))


def shelf_now() -> Shelf:
    """The shelf for this request; asks the store once."""
    keeper: ShelfKeeper = current_app.extensions["shelf_keeper"]
    return keeper.current(db.session())


def shelf_at_hand() -> Shelf:
    keeper: ShelfKeeper = current_app.extensions["shelf_keeper"]
    return keeper.latest(db.session())
