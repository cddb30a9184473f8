"""Carrying out the demonstration offers through the catalogue's own acts: `demo load` calls this, and stock after it.

Safe to repeat: a SKU that has a price, or was priced once, is left as it is.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.catalog.demo_goods import GOODS, HOUSE_BRAND, Goods
from app.catalog.futures import STANDARD, terms_id
from app.catalog.importing import category_from
from app.catalog.models import PART_TYPE, SERVICE_TYPE, Brand, Category, Product, Sku, SkuPrice
from app.catalog.names import slug_of
from app.catalog.offers import WAREHOUSES, Offer, offer_for
from app.catalog.pricing import write_price
from app.catalog.publishing import ProductText, create_product, publish
from app.catalog.variants import Variant, add_variant
from app.catalog.versions import bump
from app.catalog.vocabulary import FUTURES, MACHINE, PART, PARTS, SERVICES, word
from app.foundation.database import transaction
from app.foundation.money import Money

REASON = "demonstration offer"
MONTHS_AHEAD = (2, 3, 4, 6)
Stocked = tuple[int, tuple[tuple[str, int], ...]]


def offer_machines(seed: int, at: datetime) -> list[Stocked]:
    """Give every machine without an offer one; returns the stock that goes with it, as (SKU id, (warehouse, units))."""
    months = tuple(_months_after(at))
    with transaction() as session:
        found = session.scalars(_without_offer()).all()
        offered = [(sku.id, _write(session, sku, offer_for(sku, seed, months), at)) for sku in found]
        if offered:
            bump(session)
    return offered


def offer_goods(at: datetime) -> list[Stocked]:
    """Parts and services, published with their prices; returns the stock of the parts."""
    stocked: list[Stocked] = []
    for goods in GOODS:
        product_id = _new_product(goods, at)
        for zh, en, price, grams in goods.variants if product_id else ():
            sku = add_variant(product_id, Variant(label_zh=zh, label_en=en, weight_g=grams, warranty_months=6), at)
            with transaction() as session:
                sku.is_demo = True
                write_price(session, sku, Money.yuan(price), at, REASON)
            if goods.kind == PART:
                stocked.append((sku.id, ((WAREHOUSES[2][0], 60), (WAREHOUSES[1][0], 25))))
        if product_id:
            publish(product_id, at)
    return stocked


def _write(session: Session, sku: Sku, offer: Offer, at: datetime) -> tuple[tuple[str, int], ...]:
    sku.condition, sku.warranty_months, sku.moq = offer.condition, offer.warranty_months, offer.moq
    sku.delivery, sku.delivery_month, sku.psu_included = offer.delivery, offer.delivery_month, offer.psu_included
    sku.futures_terms_id = terms_id(session, STANDARD) if offer.delivery == FUTURES else None
    sku.is_demo = True
    write_price(session, sku, offer.price, at, REASON)
    return offer.stock


def _without_offer() -> Select[Sku]:
    priced = select(SkuPrice.sku_id)
    machines = select(Product.id).where(Product.kind == MACHINE)
    return select(Sku).where(Sku.id.not_in(priced), Sku.product_id.in_(machines)).order_by(Sku.id)


def _new_product(goods: Goods, at: datetime) -> int:
    """The new product's id; 0 where it is there already."""
    with transaction() as session:
        brand = _brand(session)
        category = _category(session, goods)
        slug = slug_of(f"{brand.name_en} {goods.model}")
        if session.scalar(select(Product.id).where(Product.slug == slug)):
            return 0
        text = ProductText(
            goods.kind, brand.id, category.id, goods.model, goods.zh, goods.en, goods.about_zh, goods.about_en
        )
        return create_product(text, at).id


def _brand(session: Session) -> Brand:
    code, zh, en = HOUSE_BRAND
    brand = session.scalar(select(Brand).where(Brand.code == code)) or Brand(code=code, name_zh=zh, name_en=en)
    session.add(brand)
    session.flush()
    return brand


def _category(session: Session, goods: Goods) -> Category:
    table, kind = (PARTS, PART_TYPE) if goods.kind == PART else (SERVICES, SERVICE_TYPE)
    entry = word(goods.category, table)
    if entry is None:
        raise ValueError(f"no such kind of goods: {goods.category}")
    found = session.scalar(select(Category).where(Category.code == entry.code)) or category_from(entry, kind)
    session.add(found)
    session.flush()
    return found


def _months_after(at: datetime) -> Iterator[str]:
    for ahead in MONTHS_AHEAD:
        month = at.year * 12 + at.month - 1 + ahead
        yield f"{month // 12}-{month % 12 + 1:02d}"
