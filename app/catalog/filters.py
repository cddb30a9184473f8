"""What a shopper filtered by: read from any query string whatever, written back in one canonical form. Pure.

Anything can stand in an address: nonsense, negative, huge, repeated. What is not understood is dropped; a number that
cannot be read stays in its box with a remark, and filters nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import urlencode

FACETS = ("kind", "algorithm", "coin", "type", "brand", "cooling", "condition", "delivery")
RANGES = ("hashrate", "power", "efficiency", "noise", "price", "unit_price")
IN_ONE_ALGORITHM = frozenset({"hashrate", "efficiency", "unit_price"})
SORTS = (
    "price", "-price", "unit_price", "-unit_price", "efficiency", "-efficiency", "hashrate", "-hashrate",
    "power", "-power", "noise", "-noise", "newest",
)  # fmt: skip
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FIGURE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
MOST_VALUES = 40
MOST_TYPED = 40
DEEPEST_PAGE = 10_000


@dataclass(frozen=True)
class Range:
    """From..to as typed, in the unit that the page shows beside the boxes. None is open."""

    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Filters:
    """Canonical: two addresses that mean the same are equal and have the same `query`."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    text: str = ""
    unread: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_empty(self) -> bool:
        return not self.facets and not self.ranges

    def chosen(self, facet: str) -> tuple[str, ...]:
        return self.facets.get(facet, ())

    def query(self) -> str:
        """The query string, without `?`; empty for no filter at all."""
        return urlencode(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        pairs = [("q", self.text)] if self.text else []
        pairs += [(facet, value) for facet in FACETS for value in self.chosen(facet)]
        for name in RANGES:
            if name in self.ranges:
                edges = ((f"{name}_min", self.ranges[name].low), (f"{name}_max", self.ranges[name].high))
                pairs += [(edge, f"{figure:f}") for edge, figure in edges if figure is not None]
        pairs += [("sort", self.sort)] if self.sort else []
        return [*pairs, ("page", str(self.page))] if self.page > 1 else pairs

    def without(self, facet: str, value: str) -> "Filters":
        """One tick removed; back on page one."""
        left = tuple(each for each in self.chosen(facet) if each != value)
        facets = {name: values for name, values in {**self.facets, facet: left}.items() if values}
        return replace(self, facets=facets, page=1)

    def within(self, facet: str, value: str) -> "Filters":
        """Narrowed to one value of a facet, as a category or brand page is."""
        return replace(self, facets={**self.facets, facet: (value,)})

    def without_range(self, name: str) -> "Filters":
        ranges = {each: span for each, span in self.ranges.items() if each != name}
        return replace(self, ranges=ranges, page=1)

    def cleared(self) -> "Filters":
        """The same search and order without any filter."""
        return replace(self, facets={}, ranges={}, page=1)

    def sorted_by(self, sort: str) -> "Filters":
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> "Filters":
        return replace(self, page=page)


def read_filters(pairs: Iterable[tuple[str, str]], text: str = "") -> Filters:
    """The filters meant by the pairs of a query string, in whatever order and state they are."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    facets = {facet: codes for facet in FACETS if (codes := _codes(values.get(facet, ())))}
    ranges: dict[str, Range] = {}
    unread: dict[str, str] = {}
    for name in RANGES:
        span = Range(_edge(values, f"{name}_min", unread), _edge(values, f"{name}_max", unread))
        if span.low is not None and span.high is not None and span.low > span.high:
            span = Range(span.high, span.low)
        if span != Range():
            ranges[name] = span
    sort = next((each for each in values.get("sort", ()) if each in SORTS), "")
    return Filters(facets, ranges, sort, _page(values.get("page", ())), text, unread)


def _codes(given: Iterable[str]) -> tuple[str, ...]:
    codes = {code for each in given if CODE.fullmatch(code := each.strip().lower())}
    return tuple(sorted(codes)[:MOST_VALUES])


def _edge(values: Mapping[str, list[str]], name: str, unread: dict[str, str]) -> Decimal | None:
    typed = next((each for each in values.get(name, ()) if each.strip()), "")
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").strip()
    if not plain:
        return None
    if not FIGURE.fullmatch(plain):
        unread[name] = _printable(typed)
        return None
    number = Decimal(plain)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _printable(typed: str) -> str:
    return "".join(mark for mark in typed if mark.isprintable())[:MOST_TYPED]


def _page(given: Iterable[str]) -> int:
    for each in given:
        if each.isascii() and each.isdigit() and len(each) <= 5:
            return min(max(int(each), 1), DEEPEST_PAGE)
    return 1
