"""Finding products at the goods desk, whatever their state."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from app.catalog.models import DRAFT, PUBLISHED, WITHDRAWN, Brand, Product, Sku
from app.catalog.vocabulary import KINDS

STATES = (DRAFT, PUBLISHED, WITHDRAWN)
KIND_CODES = tuple(kind.code for kind in KINDS)


@dataclass(frozen=True)
class Wanted:
    """What the desk is filtered by; an unknown value filters nothing."""

    text: str = ""
    state: str = ""
    kind: str = ""
    brand: str = ""

    @classmethod
    def of(cls, arguments: Any, text: str) -> "Wanted":
        """From the arguments of an address."""
        state, kind = arguments.get("state", ""), arguments.get("kind", "")
        return cls(
            text=text,
            state=state if state in STATES else "",
            kind=kind if kind in KIND_CODES else "",
            brand=arguments.get("brand", "")[:40],
        )


def products_wanted(wanted: Wanted) -> Select[Product]:
    """The products, newest change first. Every word must be in a name, a model, an address or a SKU code."""
    rows = select(Product)
    for word in wanted.text.split()[:6]:
        rows = rows.where(_holds(word))
    if wanted.state:
        rows = rows.where(Product.state == wanted.state)
    if wanted.kind:
        rows = rows.where(Product.kind == wanted.kind)
    if wanted.brand:
        rows = rows.where(Product.brand_id.in_(select(Brand.id).where(Brand.code == wanted.brand)))
    return rows.order_by(Product.updated_at.desc(), Product.id.desc())


def _holds(word: str) -> Any:
    names = (Product.name_zh, Product.name_en, Product.model, Product.slug)
    coded = select(Sku.product_id).where(Sku.code.icontains(word, autoescape=True))
    return or_(*(name.icontains(word, autoescape=True) for name in names), Product.id.in_(coded))
