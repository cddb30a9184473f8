"""What the goods desk asks about stock: totals for a list of products, levels and movements of one SKU."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.catalog.models import PUBLISHED, Product, Sku
from app.catalog.vocabulary import SERVICE
from app.stock.models import StockLevel, Warehouse

LOW = 3
"""A published SKU with fewer free units than this wants attention."""


@dataclass(frozen=True)
class Units:
    """Units of a SKU over all warehouses."""

    on_hand: int = 0
    held: int = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.on_hand + other.on_hand, self.held + other.held)

    @property
    def left(self) -> int:
        return self.on_hand - self.held


def units_of(session: Session, sku_ids: Collection[int]) -> dict[int, Units]:
    """Units by SKU, for every SKU asked about; one query."""
    rows = (
        select(StockLevel.sku_id, func.sum(StockLevel.on_hand), func.sum(StockLevel.held))
        .where(StockLevel.sku_id.in_(sku_ids))
        .group_by(StockLevel.sku_id)
    )
    known = {sku_id: Units(int(on_hand), int(held)) for sku_id, on_hand, held in session.execute(rows)}
    return {sku_id: known.get(sku_id, Units()) for sku_id in sku_ids}


def units_by_product(session: Session, products: Sequence[Product]) -> dict[int, Units]:
    """Units of all variants of each product; one query."""
    units = units_of(session, [sku.id for product in products for sku in product.skus])
    return {product.id: sum((units[sku.id] for sku in product.skus), Units()) for product in products}


def levels_of(session: Session, sku_id: int) -> Sequence[StockLevel]:
    """The levels of one SKU in the fixed order of the warehouses, in each the oldest lot first."""
    rows = select(StockLevel).join(Warehouse).where(StockLevel.sku_id == sku_id)
    return session.scalars(rows.order_by(Warehouse.position, Warehouse.id, StockLevel.lot_id)).all()


def running_low() -> Select[Sku]:
    """SKUs on sale of which fewer than `LOW` units are free, the emptiest first; services have no stock."""
    left = func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0)
    return (
        select(Sku)
        .join(Product, Product.id == Sku.product_id)
        .outerjoin(StockLevel, StockLevel.sku_id == Sku.id)
        .where(Product.state == PUBLISHED, Product.kind != SERVICE, Sku.withdrawn.is_(False), Sku.price.is_not(None))
        .group_by(Sku.id)
        .having(left < LOW)
        .order_by(left, Sku.id)
    )
