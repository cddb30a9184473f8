"""The seeded rule by which a demonstration catalogue gets offers: price, condition, warranty, minimum, spot or futures.

An offer depends only on the seed and the SKU's code, so loading twice gives the same shop. Where the sheet names an
asking price in dollars, that price leads; elsewhere a price per T follows the efficiency, which is what generations of
machines differ by. All of it is marked as demonstration. Pure; `app/demo.py` carries it out through the acts.
"""

import random
from dataclasses import dataclass

from app.catalog.models import Sku
from app.catalog.vocabulary import FUTURES, NEW, SPOT, USED
from app.foundation.money import Money

FEN_PER_DOLLAR_CENT = 7.10
USED_BEFORE = "2022-01"
NEW_SINCE = "2026-01"
LOWEST, HIGHEST = 30_000, 25_000_000
WAREHOUSES = (
    ("ordos", "鄂尔多斯仓", "Ordos", "neimenggu"),
    ("chengdu", "成都仓", "Chengdu", "sichuan"),
    ("shenzhen", "深圳仓", "Shenzhen", "guangdong"),
    ("urumqi", "乌鲁木齐仓", "Urumqi", "xinjiang"),
)


@dataclass(frozen=True)
class Offer:
    """What a SKU is offered at. `stock` is (code of a warehouse, units); empty for a machine that is sold out."""

    price: Money | None
    condition: str
    warranty_months: int
    moq: int
    delivery: str
    delivery_month: str | None
    psu_included: bool
    stock: tuple[tuple[str, int], ...]


def offer_for(sku: Sku, seed: int, futures_months: tuple[str, ...]) -> Offer:
    """The offer of one machine. `futures_months` are the coming months that futures may name."""
    dice = random.Random(f"{seed}/{sku.code}")  # noqa: S311 - a repeatable shop, not a secret
    used = sku.released is not None and sku.released < USED_BEFORE and dice.random() < 0.8
    futures = sku.released is not None and sku.released >= NEW_SINCE and dice.random() < 0.7
    asked_for = dice.random() >= 0.05
    return Offer(
        price=_price(sku, dice, used) if asked_for else None,
        condition=USED if used else NEW,
        warranty_months=dice.choice((0, 3)) if used else dice.choice((6, 12, 12)),
        moq=dice.choice((1, 1, 1, 1, 2, 5)),
        delivery=FUTURES if futures else SPOT,
        delivery_month=dice.choice(futures_months) if futures else None,
        psu_included=dice.random() < 0.85,
        stock=_stock(dice, futures),
    )


def _price(sku: Sku, dice: random.Random, used: bool) -> Money:
    if sku.list_price_usd_cents is not None:
        fen = round(sku.list_price_usd_cents * FEN_PER_DOLLAR_CENT)
    else:
        fen = round((sku.power_mw or 1_000_000) * _fen_per_milliwatt(sku) * dice.uniform(0.9, 1.1))
    fen = round(fen * (0.45 if used else 1))
    return Money(min(max(fen // 1_000 * 1_000 + 900, LOWEST), HIGHEST))


def _fen_per_milliwatt(sku: Sku) -> float:
    """Newer machines cost more for what they draw: ¥2.4 a watt for the oldest, ¥7 for the newest."""
    if sku.efficiency_fj is None or sku.hashrate_unit != "TH/s":
        return 0.40
    joules = sku.efficiency_fj / 1000
    return 0.70 if joules < 13 else 0.55 if joules < 17 else 0.42 if joules < 22 else 0.30 if joules < 35 else 0.24


def _stock(dice: random.Random, futures: bool) -> tuple[tuple[str, int], ...]:
    if not futures and dice.random() < 0.08:
        return ()
    places = dice.sample([place[0] for place in WAREHOUSES], 1 if futures else dice.choice((1, 2, 2, 3)))
    return tuple((place, dice.choice((2, 8, 20, 45, 120)) + dice.randrange(9)) for place in sorted(places))
