"""Writing a product's page, showing it and taking it down. Every act is audited and moves the catalogue version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.errors import AddressTaken, NoAddress, NothingToShow
from app.catalog.models import PUBLISHED, WITHDRAWN, Brand, Category, Product
from app.catalog.names import full_name, slug_of
from app.catalog.versions import bump
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound


@dataclass(frozen=True)
class ProductText:
    """What the goods desk writes about a model."""

    kind: str
    brand_id: int
    category_id: int
    model: str
    name_zh: str
    name_en: str
    about_zh: str = ""
    about_en: str = ""
    coin_ids: Sequence[int] = ()


def create_product(text: ProductText, at: datetime, *, actor: int | None = None) -> Product:
    """A draft with an address made of maker and model. Raises AddressTaken, NoAddress, NotFound."""
    with transaction() as session:
        product = Product(slug=_free_slug(session, text, None), updated_at=at)
        _write(session, product, text)
        session.add(product)
        session.flush()
        record("product.created", actor=actor, product=product.id, slug=product.slug)
    return product


def edit_product(product_id: int, text: ProductText, at: datetime, *, actor: int | None = None) -> Product:
    """Rewrite a product's page. The address follows maker and model only until it was published once."""
    with transaction() as session:
        product = product_by_id(session, product_id)
        if product.published_at is None:
            product.slug = _free_slug(session, text, product)
        _write(session, product, text)
        product.updated_at = at
        bump(session)
        record("product.edited", actor=actor, product=product.id)
    return product


def publish(product_id: int, at: datetime, *, actor: int | None = None) -> Product:
    """Show it to shoppers. Raises NothingToShow without a variant. Safe to repeat."""
    with transaction() as session:
        product = product_by_id(session, product_id)
        if all(sku.withdrawn for sku in product.skus):
            raise NothingToShow
        if product.state != PUBLISHED:
            product.state = PUBLISHED
            product.published_at = product.published_at or at
            product.updated_at = at
            bump(session)
            record("product.published", actor=actor, product=product.id)
    return product


def withdraw(product_id: int, at: datetime, *, actor: int | None = None) -> Product:
    """Take the page down. Orders keep what they bought. Safe to repeat."""
    with transaction() as session:
        product = product_by_id(session, product_id)
        if product.state != WITHDRAWN:
            product.state = WITHDRAWN
            product.updated_at = at
            bump(session)
            record("product.withdrawn", actor=actor, product=product.id)
    return product


def product_by_id(session: Session, product_id: int) -> Product:
    """Raises NotFound."""
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound
    return product


def _write(session: Session, product: Product, text: ProductText) -> None:
    brand, category = session.get(Brand, text.brand_id), session.get(Category, text.category_id)
    if brand is None or category is None:
        raise NotFound
    product.kind, product.brand, product.category, product.model = text.kind, brand, category, text.model
    product.name_zh, product.name_en = text.name_zh, text.name_en
    product.about_zh, product.about_en = text.about_zh, text.about_en
    product.coins = list(session.scalars(select(Category).where(Category.id.in_(text.coin_ids))))


def _free_slug(session: Session, text: ProductText, of: Product | None) -> str:
    brand = session.get(Brand, text.brand_id)
    if brand is None:
        raise NotFound
    try:
        slug = slug_of(full_name(brand.name_en, text.model))
    except ValueError:
        raise NoAddress from None
    with session.no_autoflush:
        owner = session.scalar(select(Product.id).where(Product.slug == slug))
    if owner is not None and owner != (of and of.id):
        raise AddressTaken
    return slug
