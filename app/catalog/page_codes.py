"""The codes of the catalogue's pages, by which the counting house tells them apart."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import func, select

from app.catalog.models import PUBLISHED, Brand, Category, Product, Sku
from app.foundation.database import db
from app.measurement.pages import page_keys_are_read_by


def init_page_codes(app: Flask) -> None:
    page_keys_are_read_by(app, "product", published_slugs)
    page_keys_are_read_by(app, "category", lambda: db.session.scalars(select(Category.code)).all())
    page_keys_are_read_by(app, "brand", lambda: db.session.scalars(select(Brand.code)).all())


def published_slugs() -> Sequence[str]:
    """The newest machines first: so made-up visitors like them best."""
    newest = func.max(func.coalesce(Sku.released, "")).desc()
    shown = select(Product.slug).join(Sku).where(Product.state == PUBLISHED).group_by(Product.slug)
    return db.session.scalars(shown.order_by(newest, Product.slug)).all()
