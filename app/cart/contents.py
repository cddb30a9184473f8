"""What lies in a cart as of now: today's prices and stock, and what is wrong with each line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from app.cart.fitting import MOST_UNITS
from app.cart.holding import Line
from app.catalog.offered import OfferedSku, offered_skus
from app.foundation.money import ZERO, Money
from app.stock.queries import Left, left_by_warehouse


@dataclass(frozen=True)
class CartItem:
    """A line with its SKU. `left` is None for a service, which has no stock."""

    sku: OfferedSku
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

    def places(self, item: CartItem) -> list[tuple[int, int]] | None:
        """Which warehouses have how many free units of a line's SKU, in their fixed order; None for a service."""
        if item.left is None:
            return None
        return [(row.warehouse_id, row.units) for row in self.left if row.sku_id == item.sku.id]

    @property
    def can_be_ordered(self) -> bool:
        """Something is left to buy, and every line of it as it stands."""
        return bool(self.available) and all(item.can_be_ordered for item in self.available)


def contents_of(session: Session, lines: Collection[Line]) -> Contents:
    """The lines with SKUs and stock, in two queries whatever their number. SKUs that are gone altogether drop out."""
    skus = offered_skus(session, [line.sku_id for line in lines])
    goods = [sku.id for sku in skus.values() if not sku.needs_no_parcel]
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
