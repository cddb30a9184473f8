"""What lies in a cart as of now: today's prices and stock, and what is wrong with each line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only

from app.cart.fitting import MOST_UNITS
from app.cart.holding import Line
from app.catalog.models import Category, Product, Sku
from app.catalog.rows import symbol
from app.foundation.money import ZERO, Money
from app.stock.queries import Left, left_by_warehouse

_LEAN = joinedload(Sku.product)
_SKUS = (
    select(Sku)
    .where(Sku.id.in_(bindparam("ids", expanding=True)))
    .options(
        load_only(
            Sku.code, Sku.label_zh, Sku.label_en, Sku.hashrate, Sku.hashrate_unit, Sku.power_mw, Sku.cooling,
            Sku.weight_g, Sku.price, Sku.moq, Sku.delivery, Sku.delivery_month, Sku.withdrawn,
        ),
        _LEAN.load_only(Product.slug, Product.kind, Product.name_zh, Product.name_en, Product.state),
        _LEAN.lazyload(Product.skus),
        _LEAN.lazyload(Product.coins),
        _LEAN.lazyload(Product.brand),
        _LEAN.joinedload(Product.category, innerjoin=True).load_only(Category.code),
    )
)  # fmt: skip
"""What a cart, a review and an order need of a SKU, and nothing else of its product."""


@dataclass(frozen=True)
class CartItem:
    """A line with its SKU. `left` is None for a service, which has no stock."""

    sku: Sku
    quantity: int
    price_seen: Money | None
    left: int | None

    @property
    def is_unavailable(self) -> bool:
        """Withdrawn, without price, or fewer left than the minimum order: the line stays and is not counted."""
        return not self.sku.is_on_sale or (self.left is not None and self.left < self.sku.moq)

    @property
    def is_short(self) -> bool:
        return not self.is_unavailable and self.left is not None and self.quantity > self.left

    @property
    def is_below_minimum(self) -> bool:
        return not self.is_unavailable and self.quantity < self.sku.moq

    @property
    def can_be_ordered(self) -> bool:
        return not (self.is_unavailable or self.is_short or self.is_below_minimum)

    @property
    def price_has_changed(self) -> bool:
        return not self.is_unavailable and self.price_seen is not None and self.price_seen != self.sku.price

    @property
    def symbol(self) -> str:
        """The name of its drawing."""
        product = self.sku.product
        return symbol(product.kind, product.category.code, self.sku.cooling, self.sku.power_mw)

    @property
    def most(self) -> int:
        return MOST_UNITS if self.left is None else min(self.left, MOST_UNITS)

    @property
    def price(self) -> Money:
        return self.sku.price or ZERO

    @property
    def amount(self) -> Money:
        return self.price * self.quantity


@dataclass(frozen=True)
class Contents:
    """All lines of a cart. The subtotal is the sum of the lines that can still be bought."""

    items: Sequence[CartItem]
    left: Sequence[Left]
    """Where the free units of its SKUs lie."""

    @cached_property
    def available(self) -> list[CartItem]:
        return [item for item in self.items if not item.is_unavailable]

    @property
    def subtotal(self) -> Money:
        return Money.total(item.amount for item in self.available)

    @property
    def units(self) -> int:
        return sum(item.quantity for item in self.available)

    @property
    def can_be_ordered(self) -> bool:
        """Something is left to buy, and every line of it as it stands."""
        return bool(self.available) and all(item.can_be_ordered for item in self.available)


def contents_of(session: Session, lines: Collection[Line]) -> Contents:
    """The lines with SKUs and stock, in two queries whatever their number. SKUs that are gone altogether drop out."""
    skus = skus_by_id(session, [line.sku_id for line in lines])
    goods = [sku.id for sku in skus.values() if not sku.product.needs_no_parcel]
    rows = left_by_warehouse(session, goods) if goods else []
    left = dict.fromkeys(goods, 0)
    for row in rows:
        left[row.sku_id] += row.units
    items = [
        CartItem(skus[line.sku_id], line.quantity, line.price_seen, left.get(line.sku_id))
        for line in lines
        if line.sku_id in skus
    ]
    return Contents(items, rows)


def skus_by_id(session: Session, sku_ids: Collection[int]) -> dict[int, Sku]:
    """SKUs with their product, without the rest of the product's variants and coins."""
    if not sku_ids:
        return {}
    return {sku.id: sku for sku in session.scalars(_SKUS, {"ids": list(sku_ids)})}
