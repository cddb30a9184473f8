"""Prices: the one in force on the SKU, every one there ever was in `sku_prices`."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.catalog.errors import BadPrice
from app.catalog.models import Product, Sku, SkuPrice
from app.catalog.variants import sku_by_id
from app.catalog.versions import bump
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.money import Money

HIGHEST = Money.yuan(100_000_000)


def set_price(
    sku_id: int, price: Money | None, at: datetime, *, reason: str = "", actor: int | None = None
) -> SkuPrice | None:
    """The price from now on; None is "on request" and cannot be ordered. The same price again writes nothing.

    Raises BadPrice, NotFound. Carts see it at once; placed orders keep theirs.
    """
    if price is not None and not Money(0) < price < HIGHEST:
        raise BadPrice
    with transaction() as session:
        sku = sku_by_id(session, sku_id)
        if sku.price == price:
            return None
        entry = write_price(session, sku, price, at, reason)
        sku.product.updated_at = at
        bump(session)
        record("sku.priced", actor=actor, sku=sku.id, fen=price.fen if price else None)
    return entry


def write_price(session: Session, sku: Sku, price: Money | None, at: datetime, reason: str) -> SkuPrice:
    """Price and history row together, in the caller's transaction, which bumps the catalogue itself."""
    sku.price = price
    entry = SkuPrice(sku_id=sku.id, price=price, since=at, reason=reason)
    session.add(entry)
    return entry


def prices_of(session: Session, sku_id: int) -> Sequence[SkuPrice]:
    """The history of a SKU, newest first."""
    rows = select(SkuPrice).where(SkuPrice.sku_id == sku_id).order_by(SkuPrice.since.desc(), SkuPrice.id.desc())
    return session.scalars(rows).all()


def price_changes(session: Session, first: date, last: date) -> dict[date, dict[str, int]]:
    """How often prices changed on each day in China, both included, by slug. A SKU's first price is no change."""
    before = aliased(SkuPrice)
    had_one = exists().where(before.sku_id == SkuPrice.sku_id, before.id < SkuPrice.id)
    rows = (
        select(Product.slug, SkuPrice.since)
        .join(Sku, Sku.id == SkuPrice.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(SkuPrice.since >= _begin_of(first), SkuPrice.since < _begin_of(last + timedelta(days=1)), had_one)
    )
    found: dict[date, dict[str, int]] = {first + timedelta(days=n): {} for n in range((last - first).days + 1)}
    for slug, since in session.execute(rows):
        changes = found[since.astimezone(SHANGHAI).date()]
        changes[slug] = changes.get(slug, 0) + 1
    return found


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
