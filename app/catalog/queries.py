"""What pages load: few columns, a fixed number of queries whatever is on the page."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.catalog.models import PUBLISHED, Brand, Category, Product, Sku
from app.foundation.money import Money


class ListedSku(NamedTuple):
    """One row of a listing, as the store has it."""

    sku_id: int
    code: str
    slug: str
    kind: str
    name_zh: str
    name_en: str
    label_zh: str
    label_en: str
    category: str
    category_zh: str
    category_en: str
    unit: str | None
    brand: str
    hashrate: int | None
    hashrate_unit: str | None
    power_mw: int | None
    efficiency_fj: int | None
    noise_low_db: int | None
    noise_high_db: int | None
    cooling: str | None
    released: str | None
    condition: str
    warranty_months: int | None
    price: Money | None
    moq: int
    delivery: str
    delivery_month: str | None
    available: bool
    state: str
    withdrawn: bool

    @property
    def is_on_show(self) -> bool:
        return self.state == PUBLISHED and not self.withdrawn


_LISTED = (
    select(
        Sku.id, Sku.code, Product.slug, Product.kind, Product.name_zh, Product.name_en, Sku.label_zh, Sku.label_en,
        Category.code, Category.name_zh, Category.name_en, Category.unit, Brand.code,
        Sku.hashrate, Sku.hashrate_unit, Sku.power_mw, Sku.efficiency_fj, Sku.noise_low_db, Sku.noise_high_db,
        Sku.cooling, Sku.released, Sku.condition, Sku.warranty_months, Sku.price, Sku.moq, Sku.delivery,
        Sku.delivery_month, Sku.available, Product.state, Sku.withdrawn,
    )
    .join(Product, Product.id == Sku.product_id)
    .join(Category, Category.id == Product.category_id)
    .join(Brand, Brand.id == Product.brand_id)
)  # fmt: skip
# state is looked at afterwards: as a condition it would lead SQLite to begin with all published products


def listed(session: Session, sku_ids: Sequence[int]) -> list[ListedSku]:
    """These SKUs, as far as they are still on show, in the order given. One query."""
    rows = {row[0]: ListedSku._make(row) for row in session.execute(_LISTED.where(Sku.id.in_(sku_ids)))}
    return [rows[sku_id] for sku_id in sku_ids if sku_id in rows and rows[sku_id].is_on_show]


def listed_by_code(session: Session, codes: Collection[str]) -> list[ListedSku]:
    """SKUs by their codes, in the order of the codes; what is not on show is left out. One query."""
    rows = {row[1]: ListedSku._make(row) for row in session.execute(_LISTED.where(Sku.code.in_(codes)))}
    return [rows[code] for code in codes if code in rows and rows[code].is_on_show]


def published_product(session: Session, slug: str) -> Product | None:
    """The product at an address, None for one that is not shown."""
    return session.scalar(select(Product).where(Product.slug == slug, Product.state == PUBLISHED))


def published_addresses() -> Select[str, datetime]:
    """Slug and last change of every product on show, for the sitemap."""
    return select(Product.slug, Product.updated_at).where(Product.state == PUBLISHED).order_by(Product.id)
