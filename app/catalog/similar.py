"""Machines like another one: same coin work, near in hashrate and efficiency. Everybody sees the same ones."""

from app.catalog.facets import Shelf
from app.catalog.filters import Filters
from app.catalog.models import Sku

WANTED = 4
LOOKED_AT = 24


def similar_skus(shelf: Shelf, sku: Sku) -> list[int]:
    """Up to four SKUs of other products, what can be had now first: same algorithm, cooling and hashrate 70-140 %."""
    if sku.hashrate is None:
        return _others(shelf, sku, shelf.set_of("type", sku.product.category.code))
    within = shelf.set_of("algorithm", sku.product.category.code)
    near = within & shelf.between("hashrate", sku.hashrate * 7 // 10, sku.hashrate * 14 // 10)
    cooled = near & shelf.set_of("cooling", sku.cooling) if sku.cooling else near
    found = _others(shelf, sku, cooled)
    for wider in (near, within):
        if len(found) < WANTED:
            found += [other for other in _others(shelf, sku, wider) if other not in found]
    return found[:WANTED]


def _others(shelf: Shelf, sku: Sku, among: int) -> list[int]:
    """One SKU for each other product."""
    among &= ~shelf.of_products([sku.product_id])
    found = shelf.find(Filters(), among)
    first_of: dict[int, int] = {}
    for other in shelf.page(found, "", 0, LOOKED_AT):
        first_of.setdefault(shelf.product_of(other), other)
    return list(first_of.values())[:WANTED]
