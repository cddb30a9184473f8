"""Importing a catalogue sheet: facts of machines become brands, categories, products and SKUs, or nothing at all.

A machine is known again by its page (maker and model) and its hashrate, so an import can be repeated: the second run
of the same file changes nothing. Names and texts that the goods desk wrote are left alone; facts follow the file.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import ALGORITHM, COIN, PART_TYPE, PUBLISHED, SERVICE_TYPE, Brand, Category, Product, Sku
from app.catalog.names import chinese_name, full_name, sku_code, slug_of
from app.catalog.sheet import Fault, MachineFacts, read_sheet
from app.catalog.versions import bump
from app.catalog.vocabulary import ALGORITHMS, BRANDS, COINS, MACHINE, PARTS, SERVICES, Algorithm, Word, word
from app.foundation.audit import record
from app.foundation.database import transaction


class BrokenSheet(ValueError):
    """The sheet has faults; nothing was imported. Not shown to shoppers: the command prints them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass
class Imported:
    """What an import did, in SKUs."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def import_sheet(content: bytes, at: datetime) -> Imported:
    """Bring the machines of a sheet into the catalogue, published. Raises BrokenSheet, having changed nothing."""
    rows, faults = read_sheet(content)
    if faults:
        raise BrokenSheet(faults)
    with transaction() as session:
        shelf = _Shelf(session, at)
        if clashes := [fault for row in rows if (fault := shelf.clash(row))]:
            raise BrokenSheet(clashes)
        done = Imported()
        for row in rows:
            shelf.place(row, done)
        if done.added or done.changed:
            bump(session)
            record("catalog.imported", added=done.added, changed=done.changed)
        return done


class _Shelf:
    """The catalogue as it stands, by the names a sheet uses, so that placing a row asks the database nothing."""

    def __init__(self, session: Session, at: datetime) -> None:
        self.session, self.at = session, at
        self.brands = {brand.code: brand for brand in session.scalars(select(Brand))}
        self.categories = {category.code: category for category in session.scalars(select(Category))}
        self.products = {product.slug: product for product in session.scalars(select(Product))}
        self.skus = {sku.code: sku for product in self.products.values() for sku in product.skus}

    def clash(self, row: MachineFacts) -> Fault | None:
        """A row whose address already belongs to something else."""
        slug, model = slug_of(full_name(row.brand, row.model)), row.model
        known = self.products.get(slug)
        if known and (known.kind != MACHINE or known.model != model):
            return Fault(row.line, f"would share its page with {known.name_en}, which is in the catalogue already")
        kinds = [(slug_of(row.algorithm), ALGORITHM), *((slug_of(coin), COIN) for coin in row.coins)]
        for code, kind in kinds:
            category = self.categories.get(code)
            if category and category.kind != kind:
                return Fault(row.line, f"{code} is already a category of another kind")
        return None

    def place(self, row: MachineFacts, done: Imported) -> None:
        product = self._product(row)
        code = sku_code(product.slug, str(row.hashrate))
        sku = self.skus.get(code)
        if sku is None:
            sku = self.skus[code] = Sku(code=code, product=product, **_facts(row))
            self.session.add(sku)
            done.added += 1
        elif _take_facts(sku, row):
            product.updated_at = self.at
            done.changed += 1
        else:
            done.unchanged += 1

    def _product(self, row: MachineFacts) -> Product:
        slug = slug_of(full_name(row.brand, row.model))
        if slug not in self.products:
            brand = self._brand(row.brand)
            self.products[slug] = product = Product(
                slug=slug,
                kind=MACHINE,
                brand=brand,
                category=self._algorithm(row),
                coins=[self._coin(coin) for coin in row.coins],
                model=row.model,
                name_zh=chinese_name(brand.name_zh, row.model),
                name_en=full_name(row.brand, row.model),
                state=PUBLISHED,
                published_at=self.at,
                updated_at=self.at,
            )
            self.session.add(product)
        return self.products[slug]

    def _brand(self, name: str) -> Brand:
        code = slug_of(name)
        if code not in self.brands:
            known = word(code, BRANDS)
            aliases = "\n".join(known.aliases if known else ())
            self.brands[code] = Brand(code=code, name_zh=known.zh if known else name, name_en=name, aliases=aliases)
        return self.brands[code]

    def _algorithm(self, row: MachineFacts) -> Category:
        code = slug_of(row.algorithm)
        known = next((algorithm for algorithm in ALGORITHMS if algorithm.code == code), None)
        return self._category(known or Algorithm(code, row.algorithm, row.algorithm, (), row.hashrate.unit), ALGORITHM)

    def _coin(self, name: str) -> Category:
        code = slug_of(name)
        return self._category(word(code, COINS) or Word(code, name, name), COIN)

    def _category(self, entry: Word, kind: str) -> Category:
        if entry.code not in self.categories:
            self.categories[entry.code] = category_from(entry, kind)
        return self.categories[entry.code]


def category_from(entry: Word, kind: str) -> Category:
    """A category row for a word of the trade, in the order in which the vocabulary lists it."""
    table: tuple[Word, ...] = {ALGORITHM: ALGORITHMS, COIN: COINS, PART_TYPE: PARTS, SERVICE_TYPE: SERVICES}[kind]
    return Category(
        code=entry.code,
        kind=kind,
        name_zh=entry.zh,
        name_en=entry.en,
        position=table.index(entry) if entry in table else 1000,
        unit=entry.unit if isinstance(entry, Algorithm) else None,
        aliases="\n".join(entry.aliases),
    )


def _facts(row: MachineFacts) -> dict[str, Any]:
    low, high = row.noise_db or (None, None)
    return {
        "hashrate": row.hashrate.base,
        "hashrate_unit": row.hashrate.unit,
        "noise_low_db": low,
        "noise_high_db": high,
        **{name: getattr(row, name) for name in _SAME_NAME},
    }


_SAME_NAME = (
    "power_mw", "efficiency_fj", "cooling", "voltage", "interface", "weight_g", "size_mm", "released",
    "list_price_usd_cents", "notes",
)  # fmt: skip


def _take_facts(sku: Sku, row: MachineFacts) -> bool:
    """Give the SKU the row's facts; whether any differed. An empty cell does not erase what staff found out since."""
    news = {name: value for name, value in _facts(row).items() if value is not None and getattr(sku, name) != value}
    for name, value in news.items():
        setattr(sku, name, value)
    return bool(news)
