"""A SKU as somebody buys it: what a cart, a review and an order need of it and of its product, in one row.

Read at every press of a button, so it is a row of one query made once, not an entity with its product.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, Select, bindparam, inspect, select
from sqlalchemy.orm import Session

from app.catalog.futures import FuturesTerms, Terms
from app.catalog.models import PUBLISHED, Category, Product, Sku
from app.catalog.rows import symbol
from app.catalog.units import Hashrate
from app.catalog.vocabulary import FUTURES, SERVICE
from app.foundation.money import Money


@dataclass(frozen=True, slots=True)
class OfferedSku:
    """Withdrawn ones too: `is_on_sale` tells. The fields stand in the order of the query below."""

    id: int
    code: str
    condition: str
    label_zh: str
    label_en: str
    hashrate: int | None
    hashrate_unit: str | None
    power_mw: int | None
    cooling: str | None
    weight_g: int | None
    price: Money | None
    moq: int
    delivery: str
    delivery_month: str | None
    withdrawn: bool
    slug: str
    kind: str
    name_zh: str
    name_en: str
    state: str
    category: str
    terms_id: int | None
    terms: Terms | None
    """Of futures that ask for a deposit; without them all is paid before."""

    @property
    def is_on_sale(self) -> bool:
        """Shown to shoppers with a price; whether any are left is another question."""
        return self.state == PUBLISHED and not self.withdrawn and self.price is not None

    @property
    def needs_no_parcel(self) -> bool:
        """A service is done, not sent: it has no stock, no weight and no freight."""
        return self.kind == SERVICE

    @property
    def is_futures(self) -> bool:
        return self.delivery == FUTURES

    @property
    def symbol(self) -> str:
        """The name of its drawing."""
        return symbol(self.kind, self.category, self.cooling, self.power_mw)

    def full_name(self, locale: str) -> str:
        """Product and variant, as a cart or order line names it."""
        name, label = (self.name_zh, self.label_zh) if locale == "zh" else (self.name_en, self.label_en)
        hashrate = str(Hashrate(self.hashrate, self.hashrate_unit)) if self.hashrate and self.hashrate_unit else ""
        return " ".join(filter(None, (name, label or hashrate)))


_SKUS, _PRODUCTS, _CATEGORIES, _TERMS = (inspect(model).local_table for model in (Sku, Product, Category, FuturesTerms))
_OFFERED: Select[Any] = (
    select(
        *_SKUS.c[
            "id", "code", "condition", "label_zh", "label_en", "hashrate", "hashrate_unit", "power_mw", "cooling",
            "weight_g", "price", "moq", "delivery", "delivery_month", "withdrawn",
        ],
        *_PRODUCTS.c["slug", "kind", "name_zh", "name_en", "state"],
        _CATEGORIES.c.code,
        _TERMS.c.id,
        *(_TERMS.c[field.name] for field in fields(Terms)),
    )
    .join_from(_SKUS, _PRODUCTS, _SKUS.c.product_id == _PRODUCTS.c.id)
    .join(_CATEGORIES, _PRODUCTS.c.category_id == _CATEGORIES.c.id)
    .outerjoin(_TERMS, _SKUS.c.futures_terms_id == _TERMS.c.id)
    .where(_SKUS.c.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_LAST = len(fields(Terms))
"""So many columns of a row are the terms."""


def offered_skus(session: Session, sku_ids: Collection[int]) -> dict[int, OfferedSku]:
    """SKUs by id, as they are offered at this moment; unknown ids are absent."""
    if not sku_ids:
        return {}
    return {row[0]: _offered(row) for row in session.execute(_OFFERED, {"ids": list(sku_ids)})}


def _offered(row: Row[Any]) -> OfferedSku:
    of_sku, of_terms = row[:-_LAST], row[-_LAST:]
    values: tuple[Any, ...] = (*of_sku, None if of_sku[-1] is None else Terms(*of_terms))
    return OfferedSku(*values)
