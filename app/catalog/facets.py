"""The shelf: all SKUs on show as bitmaps and ranked columns, held in memory and thrown away when the catalogue moves.

It answers what a listing asks (which SKUs, how many by brand, cheapest first, page 7) in well under a millisecond at
50,000 SKUs, without the database; the page then loads only its own rows. Figures are in base units. Counts of a facet
leave that facet's own choice out, so that a second brand can be added to the first.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from app.catalog import units
from app.catalog.bitmaps import UNKNOWN, Column, bitmap, full
from app.catalog.filters import FACETS, IN_ONE_ALGORITHM, RANGES, Filters, Range
from app.catalog.versions import Standing
from app.catalog.vocabulary import FUTURES, KINDS, ON_REQUEST, OUT, SPOT

KIND_RANK = {kind.code: rank for rank, kind in enumerate(KINDS)}
UNKNOWN_COOLING = "unknown"
STATES = (SPOT, FUTURES, ON_REQUEST, OUT)
"""What can be had, best first: the states of the delivery facet."""


class SkuFacts(NamedTuple):
    """One SKU as the shelf wants it; None is not known. Rows come grouped by product."""

    sku_id: int
    product_id: int
    kind: str
    category: str
    unit: str | None
    brand: str
    coins: tuple[str, ...]
    cooling: str | None
    condition: str
    delivery: str
    available: bool
    name_length: int
    hashrate: int | None
    power_mw: int | None
    efficiency_fj: int | None
    noise_db: int | None
    price_fen: int | None
    released: str | None


@dataclass(frozen=True)
class Found:
    """The answer to one set of filters. `algorithm` is the one within which figures compare, if there is one."""

    members: int
    count: int
    algorithm: str | None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Shelf:
    """Immutable but for availability, which flips bit by bit as SKUs sell out and come back."""

    def __init__(
        self, rows: Iterable[SkuFacts], standing: Standing, labels: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        """`labels` are the names (Chinese, English) of brands and categories by `facet/code`."""
        self.standing = standing
        self.labels = labels or {}
        pile = _Pile()
        for row in rows:
            pile.add(row)
        self.size = size = len(pile.sku_ids)
        self.all = full(size)
        self.sku_ids, self.product_ids = pile.sku_ids, pile.product_ids
        self.units = pile.units
        self._by_sku = array("i", sorted(range(size), key=self.sku_ids.__getitem__))
        self._sku_order = array("q", [self.sku_ids[ordinal] for ordinal in self._by_sku])
        self._sets = {facet: {code: bitmap(o, size) for code, o in sets.items()} for facet, sets in pile.sets.items()}
        self._available = bitmap(pile.available, size)
        self._algorithm_numbers = {code: number for number, code in enumerate(pile.algorithm_codes)}
        grouped = pile.algorithms
        self._columns = {
            name: Column(pile.figures[name], grouped if name in IN_ONE_ALGORITHM else None) for name in RANGES
        }
        self._priced = self._columns["price"].between(None, None)
        self._newest = Column(pile.figures["released"])
        self._featured = Column(pile.figures["featured"])
        self._shortest = Column(pile.figures["name_length"])

    # what is on the shelf

    def ordinal(self, sku_id: int) -> int | None:
        """Where a SKU stands, None where it is not on show."""
        place = bisect_left(self._sku_order, sku_id)
        found = place < self.size and self._sku_order[place] == sku_id
        return self._by_sku[place] if found else None

    def product_of(self, sku_id: int) -> int:
        """The product of a SKU that is on show."""
        ordinal = self.ordinal(sku_id)
        if ordinal is None:
            raise KeyError(sku_id)
        return self.product_ids[ordinal]

    def has_siblings(self, sku_id: int) -> bool:
        """Whether another variant of the same product is on show."""
        place = self.ordinal(sku_id)
        if place is None:
            return False
        around = (other for other in (place - 1, place + 1) if 0 <= other < self.size)
        return any(self.product_ids[other] == self.product_ids[place] for other in around)

    def known(self, filters: Filters) -> Filters:
        """The filters without values that this shelf has never heard of."""
        facets = {facet: kept for facet, codes in filters.facets.items()
                  if (kept := tuple(code for code in codes if self.knows(facet, code)))}  # fmt: skip
        return filters if facets == filters.facets else replace(filters, facets=facets)

    def knows(self, facet: str, code: str) -> bool:
        return code in STATES if facet == "delivery" else code in self._sets.get(facet, ())

    def of_products(self, product_ids: Iterable[int]) -> int:
        """The SKUs of these products. Rows were added product by product, in order of their ids."""
        ordinals: list[int] = []
        for product_id in product_ids:
            place = bisect_left(self.product_ids, product_id)
            while place < self.size and self.product_ids[place] == product_id:
                ordinals.append(place)
                place += 1
        return bitmap(ordinals, self.size)

    def set_of(self, facet: str, code: str) -> int:
        if facet == "delivery":
            return self._delivery(code)
        return self._sets.get(facet, {}).get(code, 0)

    def codes(self, facet: str) -> list[str]:
        return list(STATES) if facet == "delivery" else list(self._sets.get(facet, ()))

    def label(self, facet: str, code: str, locale: str) -> str:
        """What a brand or category is called; an unknown code stands for itself."""
        zh, en = self.labels.get(f"{facet}/{code}", (code, code))
        return zh if locale == "zh" else en

    def coins_of(self, sku_id: int) -> str | None:
        """The coins of a SKU by their codes, as a row prints them: `LTC DOGE`."""
        ordinal = self.ordinal(sku_id)
        if ordinal is None:
            return None
        codes = [code for code, members in self._sets["coin"].items() if members >> ordinal & 1]
        return " ".join(code.upper() for code in codes) or None

    def flip(self, flips: Iterable[tuple[int, bool]], flip: int) -> None:
        """Take in what sold out or came back since."""
        for sku_id, available in flips:
            ordinal = self.ordinal(sku_id)
            if ordinal is not None:
                bit = 1 << ordinal
                self._available = self._available | bit if available else self._available & ~bit
        self.standing = Standing(self.standing.version, flip)

    # what a listing asks

    def find(self, filters: Filters, among: int | None = None) -> Found:
        """All SKUs that pass, with the counts of each facet. `among` narrows to the hits of a search."""
        base = self.all if among is None else among
        chosen = {facet: self._union(facet, filters.chosen(facet)) for facet in FACETS if filters.chosen(facet)}
        before_ranges = base
        for members in chosen.values():
            before_ranges &= members
        algorithm = self._only_algorithm(filters, before_ranges)
        in_ranges = self._in_ranges(filters.ranges, algorithm)
        members = before_ranges & in_ranges
        counts = {
            facet: self._count(facet, self._but(base & in_ranges, chosen, facet) if facet in chosen else members)
            for facet in FACETS
        }
        return Found(members, members.bit_count(), algorithm, counts)

    def page(self, found: Found, sort: str, offset: int, limit: int) -> list[int]:
        """SKU ids of one page, in the order asked for; without a sort what can be had now comes first."""
        descending, name = sort.startswith("-"), sort.removeprefix("-")
        if name in self._columns and (name not in IN_ONE_ALGORITHM or found.algorithm):
            group = self._algorithm_numbers[found.algorithm] if name in IN_ONE_ALGORITHM and found.algorithm else None
            return self._walk([(found.members, self._columns[name], descending, group)], found, offset, limit)
        if sort == "newest":
            return self._walk([(found.members, self._newest, True, None)], found, offset, limit)
        if sort == "relevance":
            return self._walk([(found.members, self._shortest, False, None)], found, offset, limit)
        parts = [(found.members & self._delivery(state), self._featured, False, None) for state in STATES]
        return self._walk(parts, found, offset, limit)

    def bounds(self, name: str, algorithm: str | None) -> tuple[int, int] | None:
        """Lowest and highest figure of a range, in base units; of no algorithm at all where one would be needed."""
        if name not in IN_ONE_ALGORITHM:
            return self._columns[name].bounds(None)
        return self._columns[name].bounds(self._algorithm_numbers[algorithm]) if algorithm else None

    def between(self, name: str, low: int | None, high: int | None) -> int:
        """SKUs with a figure in low..high base units, over all algorithms: what a search understands by `110T`."""
        return self._columns[name].between(low, high)

    def _walk(
        self, parts: Sequence[tuple[int, Column, bool, int | None]], found: Found, offset: int, limit: int
    ) -> list[int]:
        """Page over the parts one after the other, ending with the members that have no figure to sort by."""
        ids: list[int] = []
        left = found.members
        for members, column, descending, group in parts:
            first, end = column.span(group)
            ranked = members & column.between(None, None, group) if first < end else 0
            left &= ~ranked
            count = ranked.bit_count()
            if offset < count and len(ids) < limit:
                ids += column.page(ranked, offset, limit - len(ids), descending=descending, group=group)
            offset = max(offset - count, 0)
        if left and len(ids) < limit:
            ids += self._featured.page(left, offset, limit - len(ids))
        return [self.sku_ids[ordinal] for ordinal in ids]

    def _delivery(self, code: str) -> int:
        if code == ON_REQUEST:
            return self.all & ~self._priced
        if code == OUT:
            return self._priced & ~self._available
        return self._sets.get("delivery", {}).get(code, 0) & self._available & self._priced

    def _union(self, facet: str, codes: Iterable[str]) -> int:
        members = 0
        for code in codes:
            members |= self.set_of(facet, code)
        return members

    def _but(self, base: int, chosen: Mapping[str, int], facet: str) -> int:
        for name, members in chosen.items():
            if name != facet:
                base &= members
        return base

    def _count(self, facet: str, members: int) -> dict[str, int]:
        return {code: (members & self.set_of(facet, code)).bit_count() for code in self.codes(facet)}

    def _only_algorithm(self, filters: Filters, members: int) -> str | None:
        """The algorithm that was chosen, or the only one that is left by other filters."""
        if len(filters.chosen("algorithm")) == 1:
            code = filters.chosen("algorithm")[0]
            return code if code in self._algorithm_numbers else None
        left = [code for code, count in self._count("algorithm", members).items() if count]
        return left[0] if len(left) == 1 else None

    def _in_ranges(self, ranges: Mapping[str, Range], algorithm: str | None) -> int:
        members = self.all
        for name, span in ranges.items():
            if name in IN_ONE_ALGORITHM and algorithm is None:
                continue
            group = self._algorithm_numbers[algorithm] if name in IN_ONE_ALGORITHM and algorithm else None
            low, high = in_base_units(name, span, self.units.get(algorithm or ""))
            members &= self._columns[name].between(low, high, group)
        return members


def in_base_units(name: str, span: Range, unit: str | None) -> tuple[int | None, int | None]:
    """A range as typed (T, W, J/T, dB, yuan, yuan per T) in the integers of the columns."""

    def scaled(figure: Decimal | None) -> int | None:
        return None if figure is None else min(int(figure.scaleb(_exponent(name, unit))), units.LARGEST)

    return scaled(span.low), scaled(span.high)


def _exponent(name: str, unit: str | None) -> int:
    speed = units.EXPONENTS.get(unit or "", 0)
    return {"hashrate": speed, "power": 3, "efficiency": units.FEMTO - speed, "price": 2, "unit_price": 2}.get(name, 0)


class _Pile:
    """Rows on their way to becoming a shelf: columns, no object per SKU."""

    def __init__(self) -> None:
        self.sku_ids, self.product_ids = array("q"), array("q")
        self.algorithms, self.available = array("h"), array("i")
        self.algorithm_codes: dict[str, int] = {}
        self.units: dict[str, str] = {}
        self.sets: dict[str, dict[str, array[int]]] = {facet: {} for facet in FACETS}
        self.figures = {name: array("q") for name in (*RANGES, "released", "featured", "name_length")}

    def add(self, row: SkuFacts) -> None:
        ordinal = len(self.sku_ids)
        self.sku_ids.append(row.sku_id)
        self.product_ids.append(row.product_id)
        if row.available:
            self.available.append(ordinal)
        self._add_to_sets(ordinal, row)
        self._add_figures(row)

    def _add_to_sets(self, ordinal: int, row: SkuFacts) -> None:
        is_machine = row.unit is not None
        number = self.algorithm_codes.setdefault(row.category, len(self.algorithm_codes)) if is_machine else -1
        self.algorithms.append(number)
        if row.unit is not None:
            self.units[row.category] = row.unit
        self._put("algorithm" if is_machine else "type", row.category, ordinal)
        self._put("kind", row.kind, ordinal)
        self._put("brand", row.brand, ordinal)
        self._put("condition", row.condition, ordinal)
        self._put("delivery", row.delivery, ordinal)
        if is_machine:
            self._put("cooling", row.cooling or UNKNOWN_COOLING, ordinal)
        for coin in row.coins:
            self._put("coin", coin, ordinal)

    def _put(self, facet: str, code: str, ordinal: int) -> None:
        self.sets[facet].setdefault(code, array("i")).append(ordinal)

    def _add_figures(self, row: SkuFacts) -> None:
        unit_price = None
        if row.price_fen and row.hashrate and row.unit:
            unit_price = units.price_per_unit(row.price_fen, row.hashrate, row.unit)
        released = _months(row.released)
        figures = {
            "hashrate": row.hashrate, "power": row.power_mw, "efficiency": row.efficiency_fj, "noise": row.noise_db,
            "price": row.price_fen, "unit_price": unit_price, "released": released,
            "featured": KIND_RANK.get(row.kind, 9) * 10**6 + 10**5 - (released or 0), "name_length": row.name_length,
        }  # fmt: skip
        for name, figure in figures.items():
            self.figures[name].append(UNKNOWN if figure is None else figure)


def _months(released: str | None) -> int | None:
    """Months since year 0 of `2025-03`; a bare year counts as its beginning."""
    if not released:
        return None
    year, _, month = released.partition("-")
    return int(year) * 12 + int(month or 0)
