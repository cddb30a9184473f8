"""The codes of the catalogue's pages, by which the counting house tells them apart, and what marketers call them."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.models import PUBLISHED, Brand, Category, Product, Sku
from app.foundation.database import db
from app.measurement.pages import page_keys_are_read_by, page_names_are_read_by


def init_page_codes(app: Flask) -> None:
    page_keys_are_read_by(app, "product", published_slugs)
    page_keys_are_read_by(app, "category", lambda: db.session.scalars(select(Category.code)).all())
    page_keys_are_read_by(app, "brand", lambda: db.session.scalars(select(Brand.code)).all())
    page_names_are_read_by(app, "product", lambda locale: _names(Product, Product.slug, locale))
    page_names_are_read_by(app, "category", lambda locale: _names(Category, Category.code, locale))
    page_names_are_read_by(app, "brand", lambda locale: _names(Brand, Brand.code, locale))


def _names(
    model: type[Product] | type[Category] | type[Brand], code: InstrumentedAttribute[str], locale: str
) -> Mapping[str, str]:
    """Of everything that ever was on show, by code: figures of the past tell of it still."""
    rows = db.session.execute(select(code, model.name_zh if locale == "zh" else model.name_en))
    return {key: name for key, name in rows}


def published_slugs() -> Sequence[str]:
    """The newest machines first: so made-up visitors like them best."""
    newest = func.max(func.coalesce(Sku.released, "")).desc()
    shown = select(Product.slug).join(Sku).where(Product.state == PUBLISHED).group_by(Product.slug)
    return db.session.scalars(shown.order_by(newest, Product.slug)).all()
