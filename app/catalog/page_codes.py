"""The codes of the catalogue's pages, by which the counting house tells them apart."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select

from app.catalog.models import Brand, Category
from app.catalog.queries import published_addresses
from app.foundation.database import db
from app.measurement.pages import page_keys_are_read_by


def init_page_codes(app: Flask) -> None:
    page_keys_are_read_by(app, "product", published_slugs)
    page_keys_are_read_by(app, "category", lambda: db.session.scalars(select(Category.code)).all())
    page_keys_are_read_by(app, "brand", lambda: db.session.scalars(select(Brand.code)).all())


def published_slugs() -> Sequence[str]:
    return [slug for slug, _ in db.session.execute(published_addresses())]
