"""A large catalogue for measuring: seeded, made-up machines in the proportions of the real ones, by bulk inserts.

They come on top of what is in the store. Stock goes in with its ledger rows, so the books of a measured shop balance.
"""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.catalog.models import PUBLISHED, Brand, Category, Product, Sku, SkuPrice, product_coins
from app.catalog.names import chinese_name, full_name, sku_code, slug_of
from app.catalog.offers import WAREHOUSES
from app.catalog.units import Hashrate, efficiency_from_power
from app.catalog.versions import bump
from app.catalog.vocabulary import FUTURES, MACHINE, NEW, SPOT, USED
from app.foundation.clock import now
from app.foundation.database import new_id, transaction
from app.foundation.money import Money
from app.stock.models import RECEIVED, Lot, StockLevel, StockMovement, Warehouse

SEED = 20261123
MAKERS = (
    ("bitmain", "Antminer", "STLKZ"),
    ("microbt", "WhatsMiner", "MDV"),
    ("canaan", "Avalon", "AQN"),
    ("iceriver", "", "KR"),
)
SUFFIXES = ("", "", " Pro", " XP", "+", " Hyd", "S", "S+", "S++", " Pro Hyd", "j", " Ultra", " Lite", " Immersion")
SPEEDS = (("sha-256", "btc", "TH/s", 50, 900), ("scrypt", "ltc", "GH/s", 5, 40), ("kheavyhash", "kas", "TH/s", 2, 60))
WEIGHTS = (78, 12, 10)
VARIANTS = (1, 1, 2, 2, 3, 4)
ROWS_AT_ONCE = 5000


def fill(skus: int, seed: int = SEED) -> int:
    """Bring the catalogue up to `skus` SKUs; returns how many were added. Needs the imported brands and categories."""
    with transaction() as session:
        there = session.scalar(select(func.count(Sku.id))) or 0
        wanted = max(skus - there, 0)
        if wanted:
            _Filler(session, random.Random(seed)).add(wanted)
            bump(session)
    return wanted


class _Filler:
    def __init__(self, session: Session, dice: random.Random) -> None:
        self.session, self.dice, self.at = session, dice, now()
        self.brands = {brand.code: brand for brand in session.scalars(select(Brand))}
        self.categories = {category.code: category.id for category in session.scalars(select(Category))}
        self.next_product = (session.scalar(select(func.max(Product.id))) or 0) + 1
        self.next_sku = (session.scalar(select(func.max(Sku.id))) or 0) + 1
        self.next_lot = (session.scalar(select(func.max(Lot.id))) or 0) + 1
        self.places = self._warehouses()
        self.rows: dict[Any, list[dict[str, Any]]] = {
            Product: [], product_coins: [], Sku: [], SkuPrice: [], Lot: [], StockLevel: [], StockMovement: [],
        }  # fmt: skip

    def add(self, wanted: int) -> None:
        taken = set(self.session.scalars(select(Product.slug)))
        for maker, model in self._models(taken):
            made = self._product(maker, model, min(self.dice.choice(VARIANTS), wanted))
            wanted -= made
            if not wanted or len(self.rows[Sku]) >= ROWS_AT_ONCE:
                self._write()
            if not wanted:
                return

    def _models(self, taken: set[str]) -> Iterator[tuple[str, str]]:
        """Models that nobody has, forever: maker and name."""
        while True:
            maker, series, letters = self.dice.choice(MAKERS)
            number = self.dice.choice(letters) + str(self.dice.randrange(10, 9999))
            model = f"{series} {number}{self.dice.choice(SUFFIXES)}".strip()
            slug = slug_of(full_name(self.brands[maker].name_en, model))
            if slug not in taken:
                taken.add(slug)
                yield maker, model

    def _product(self, maker: str, model: str, variants: int) -> int:
        brand, product_id = self.brands[maker], self.next_product
        algorithm, coin, unit, low, high = self.dice.choices(SPEEDS, WEIGHTS)[0]
        slug = slug_of(full_name(brand.name_en, model))
        self.next_product += 1
        self.rows[Product].append({
            "id": product_id, "slug": slug, "kind": MACHINE, "brand_id": brand.id, "model": model,
            "category_id": self.categories[algorithm], "name_zh": chinese_name(brand.name_zh, model),
            "name_en": full_name(brand.name_en, model), "about_zh": "", "about_en": "", "state": PUBLISHED,
            "published_at": self.at, "updated_at": self.at,
        })  # fmt: skip
        self.rows[product_coins].append({"product_id": product_id, "category_id": self.categories[coin]})
        speeds = self.dice.sample(range(low, high), variants)
        for speed in speeds:
            self._sku(product_id, slug, Hashrate.of(str(speed), unit), "Hyd" in model, "Immersion" in model)
        return variants

    def _sku(self, product_id: int, slug: str, hashrate: Hashrate, hydro: bool, immersion: bool) -> None:
        dice, sku_id = self.dice, self.next_sku
        self.next_sku += 1
        power_mw = dice.randrange(500, 12_000) * 1000
        futures, units = dice.random() < 0.1, dice.choice((0, 3, 25, 400))
        price = Money(dice.randrange(3_000, 120_000) * 100)
        self.rows[Sku].append({
            "id": sku_id, "product_id": product_id, "code": sku_code(slug, str(hashrate)),
            "label_zh": "", "label_en": "",
            "hashrate": hashrate.base, "hashrate_unit": hashrate.unit, "power_mw": power_mw,
            "efficiency_fj": efficiency_from_power(power_mw, hashrate.base), "noise_low_db": 75, "noise_high_db": 75,
            "cooling": "hydro" if hydro else "immersion" if immersion else dice.choice(("air", "air", None)),
            "weight_g": dice.choice((None, 15_400)),
            "released": f"20{dice.randrange(18, 27)}-{dice.randrange(1, 13):02d}",
            "condition": USED if dice.random() < 0.3 else NEW, "warranty_months": 12, "price": price, "moq": 1,
            "delivery": FUTURES if futures else SPOT, "delivery_month": "2027-03" if futures else None,
            "available": units > 0, "withdrawn": False, "is_demo": True,
        })  # fmt: skip
        self.rows[SkuPrice].append({"sku_id": sku_id, "price": price, "since": self.at, "reason": "bench"})
        if units:
            self.rows[Lot].append({"id": self.next_lot, "sku_id": sku_id, "code": "bench", "opened_at": self.at})
            level = {"sku_id": sku_id, "warehouse_id": dice.choice(self.places), "lot_id": self.next_lot}
            self.next_lot += 1
            self.rows[StockLevel].append({**level, "on_hand": units, "held": 0, "shipped": 0})
            self.rows[StockMovement].append({
                **level, "id": new_id(), "kind": RECEIVED, "on_hand_delta": units, "held_delta": 0, "reason": "bench",
                "at": self.at,
            })  # fmt: skip

    def _write(self) -> None:
        for table, rows in self.rows.items():
            if rows:
                self.session.execute(insert(table), rows)
                rows.clear()

    def _warehouses(self) -> list[int]:
        known = list(self.session.scalars(select(Warehouse.id)))
        if not known:
            places = [Warehouse(code=c, name_zh=zh, name_en=en, province=p) for c, zh, en, p in WAREHOUSES]
            self.session.add_all(places)
            self.session.flush()
            known = [place.id for place in places]
        return known
