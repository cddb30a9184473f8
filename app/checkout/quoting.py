"""What a cart costs: lines by warehouse and delivery term, freight for each part, the sum. Pure.

The review and the order are quoted by the same function; the fingerprint of what the buyer saw must be that of what is
placed, so nobody pays an amount that was not shown (clauses 1.1.3a, 1.1.3c).
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from app.cart.contents import Contents
from app.catalog.futures import Terms
from app.catalog.offered import OfferedSku
from app.catalog.vocabulary import FUTURES, MACHINE, PART, SERVICE
from app.foundation.money import ZERO, Money
from app.shipping.estimates import Freight, freight_of
from app.shipping.provinces import Province, province_named
from app.stock.taking import Taken, plan

VAT_PERCENT = {MACHINE: 13, PART: 13, SERVICE: 6}
"""Included in every price; kept on the order line."""


@dataclass(frozen=True)
class QuotedLine:
    """Units of one SKU from one warehouse, at today's price."""

    sku: OfferedSku
    quantity: int

    @property
    def unit_price(self) -> Money:
        return self.sku.price or ZERO

    @property
    def amount(self) -> Money:
        return self.unit_price * self.quantity

    @property
    def slug(self) -> str:
        return self.sku.slug

    def name(self, locale: str) -> str:
        return self.sku.full_name(locale)

    @property
    def vat_percent(self) -> int:
        return VAT_PERCENT[self.sku.kind]


@dataclass(frozen=True)
class Origin:
    """A warehouse as a quote needs it."""

    id: int
    name_zh: str
    name_en: str
    province: str

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


@dataclass(frozen=True)
class QuotedPart:
    """What leaves one warehouse under one delivery term. A service has neither warehouse nor freight."""

    warehouse: Origin | None
    delivery: str
    delivery_month: str | None
    lines: Sequence[QuotedLine]
    freight: Freight | None
    terms_id: int | None = None
    terms: Terms | None = None

    @property
    def deposit(self) -> Money:
        """What of it makes the order firm: all of it, unless it is futures with terms."""
        return self.terms.deposit_of(self.goods) if self.terms else self.goods + self.freight_amount

    @property
    def balance_due_on(self) -> date | None:
        """Until when the rest is due; None where there is none."""
        if self.terms is None or self.delivery_month is None or self.deposit == self.goods + self.freight_amount:
            return None
        return self.terms.balance_due_on(self.delivery_month)

    @property
    def goods(self) -> Money:
        return Money.total(line.amount for line in self.lines)

    @property
    def freight_amount(self) -> Money:
        return self.freight.amount if self.freight else ZERO


@dataclass(frozen=True)
class Quote:
    """The whole order as it would be placed now."""

    parts: Sequence[QuotedPart]

    @property
    def goods(self) -> Money:
        return Money.total(part.goods for part in self.parts)

    @property
    def freight(self) -> Money:
        return Money.total(part.freight_amount for part in self.parts)

    @property
    def total(self) -> Money:
        return self.goods + self.freight

    @property
    def deposit(self) -> Money:
        """What is to be paid first; the rest is the balance."""
        return Money.total(part.deposit for part in self.parts)

    @property
    def balance(self) -> Money:
        return self.total - self.deposit

    @property
    def balance_due_on(self) -> date | None:
        """Until when the balance is due: the earliest day of its parts."""
        return min((day for part in self.parts if (day := part.balance_due_on)), default=None)

    @property
    def units(self) -> dict[int, int]:
        """How many of each SKU leave a warehouse."""
        units: Counter[int] = Counter()
        for part in self.parts:
            if part.warehouse:
                units.update({line.sku.id: line.quantity for line in part.lines})
        return dict(units)

    @property
    def freight_is_estimated(self) -> bool:
        """Some part goes to a province that could not be told, so the dearest rate was taken."""
        return any(part.freight and not part.freight.destination_is_known for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """Equal exactly when lines, prices, freight and terms are."""
        lines = sorted((line.sku.id, line.quantity, line.unit_price.fen) for part in self.parts for line in part.lines)
        terms = [(part.terms_id, part.delivery_month) for part in self.parts]
        return hashlib.sha256(repr((lines, self.freight.fen, terms)).encode()).hexdigest()[:32]


def quote(contents: Contents, taken: Collection[Taken], to: Province | None) -> Quote:
    """Sort units by warehouse and term into parts: spot first, futures by month, services last.

    Raises KeyError for a warehouse that had no units when the contents were read.
    """
    skus = {item.sku.id: item.sku for item in contents.available}
    origins = {row.warehouse_id: Origin(*row[1:5]) for row in contents.left}
    groups: dict[tuple[int, str, str, int, int], list[QuotedLine]] = {}
    for sku_id, warehouse_id, quantity in taken:
        sku = skus[sku_id]
        groups.setdefault(_place_in_order(sku, warehouse_id), []).append(QuotedLine(sku, quantity))
    return Quote([_part(groups[key], origins[key[-1]] if key[-1] else None, to) for key in sorted(groups)])


def planned(contents: Contents) -> list[Taken]:
    """Which warehouse would send what, were the order placed now; the same plan as the stock makes when it is."""
    taken: list[Taken] = []
    for item in contents.available:
        places = contents.places(item)
        if places is None:
            taken.append(Taken(item.sku.id, None, item.quantity))
        else:
            taken += [Taken(item.sku.id, place, units) for place, units in plan(places, item.quantity)]
    return taken


def _place_in_order(sku: OfferedSku, warehouse_id: int | None) -> tuple[int, str, str, int, int]:
    if warehouse_id is None:
        return 2, SERVICE, "", 0, 0
    return int(sku.delivery == FUTURES), sku.delivery, sku.delivery_month or "", sku.terms_id or 0, warehouse_id


def _part(lines: list[QuotedLine], warehouse: Origin | None, to: Province | None) -> QuotedPart:
    lines.sort(key=lambda line: line.sku.id)
    first = lines[0].sku
    if warehouse is None:
        return QuotedPart(None, SERVICE, None, lines, None)
    weights = [(line.sku.weight_g, line.quantity) for line in lines]
    freight = freight_of(weights, province_named(warehouse.province), to)
    return QuotedPart(
        warehouse, first.delivery, first.delivery_month, lines, freight, terms_id=first.terms_id, terms=first.terms
    )
