"""Builders with good defaults: a test names only what matters to it."""

import csv
import io
from itertools import count
from typing import Any

from sqlalchemy import select

from app.catalog.models import ALGORITHM, COIN, PUBLISHED, SERVICE_TYPE, Brand, Category, Product, Sku
from app.catalog.names import sku_code, slug_of
from app.catalog.sheet import COLUMNS
from app.catalog.units import Hashrate, efficiency_from_power
from app.catalog.versions import bump
from app.catalog.vocabulary import AIR, SERVICE
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.money import Money

_numbers = count(1)


def a_row(**cells: str) -> dict[str, str]:
    """One row of a sheet: an Antminer S21 at 200 TH/s unless told otherwise."""
    row = dict.fromkeys(COLUMNS, "")
    row.update(brand="Bitmain", model="Antminer S21", algorithm="SHA-256", coin="BTC", hashrate="200")
    row.update(hashrate_unit="TH/s", power_w="3500", efficiency="17.5", efficiency_unit="J/TH", cooling="air")
    return {**row, **cells}


def a_sheet(*rows: dict[str, str]) -> bytes:
    """A whole sheet as bytes; with one default row if none is given."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows or [a_row()])
    return out.getvalue().encode()


def a_category(code: str = "sha-256", kind: str = ALGORITHM, unit: str | None = "TH/s") -> Category:
    found = db.session.scalar(select(Category).where(Category.code == code))
    return found or Category(code=code, kind=kind, name_zh=code.upper(), name_en=code.upper(), unit=unit)


def a_brand(name: str = "Bitmain") -> Brand:
    found = db.session.scalar(select(Brand).where(Brand.code == slug_of(name)))
    return found or Brand(code=slug_of(name), name_zh=name, name_en=name)


def a_product(model: str | None = None, *, brand: str = "Bitmain", **values: Any) -> Product:
    """A published machine with one SKU (`hashrate`, `price`, … go to the SKU)."""
    sku_values = {name: values.pop(name) for name in list(values) if hasattr(Sku, name) and name != "id"}
    unit = values.pop("unit", "TH/s")
    algorithm, coin = values.pop("algorithm", "sha-256"), values.pop("coin", "btc")
    model = model or f"Antminer T{next(_numbers)}"
    with transaction() as session:
        product = Product(
            **{
                "slug": slug_of(f"{brand} {model}"),
                "brand": a_brand(brand),
                "category": a_category(algorithm, unit=unit),
                "coins": [a_category(coin, COIN, None)],
                "model": model,
                "name_zh": f"{brand} {model}",
                "name_en": f"{brand} {model}",
                "state": PUBLISHED,
                "published_at": now(),
                "updated_at": now(),
                **values,
            }  # fmt: skip
        )
        session.add(product)
        session.flush()
        session.add(_sku(product, unit, **sku_values))
        bump(session)
    return product


def a_sku(product: Product | None = None, **values: Any) -> Sku:
    """A SKU on sale at ¥13,999.00; of a product of its own unless one is given."""
    if product is None:
        return a_product(**values).skus[0]
    with transaction() as session:
        sku = _sku(product, product.category.unit or "TH/s", **values)
        session.add(sku)
        bump(session)
    return sku


def a_service(**values: Any) -> Sku:
    """A service: no hashrate, no stock, no parcel."""
    with transaction() as session:
        category = a_category("repair", SERVICE_TYPE, None)
        product = Product(
            slug=f"repair-{next(_numbers)}", kind=SERVICE, brand=a_brand("Yunshang"), category=category, model="Repair",
            name_zh="维修", name_en="Repair", state=PUBLISHED, published_at=now(), updated_at=now(),
        )  # fmt: skip
        sku = Sku(product=product, code=f"{product.slug}-0", **{"price": Money.yuan(500), "available": True, **values})
        session.add(sku)
        bump(session)
    return sku


def _sku(product: Product, unit: str, **values: Any) -> Sku:
    hashrate = values.pop("hashrate", "200")
    base = Hashrate.of(str(hashrate), unit).base
    power_mw = values.setdefault("power_mw", 3_500_000)
    marks = [str(next(_numbers))]
    return Sku(
        **{
            "product": product,
            "code": sku_code(product.slug, f"{hashrate} {unit}", *marks),
            "hashrate": base,
            "hashrate_unit": unit,
            "efficiency_fj": efficiency_from_power(power_mw, base) if power_mw else None,
            "cooling": AIR,
            "price": Money.yuan(13_999),
            **values,
        }  # fmt: skip
    )
