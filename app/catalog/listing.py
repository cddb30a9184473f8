"""One listing, ready for its template: rows, facets with counts, chips, sortable heads, pages. All in the URL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.catalog import units
from app.catalog.facets import UNKNOWN_COOLING, Shelf
from app.catalog.filters import IN_ONE_ALGORITHM, RANGES, Filters, Range
from app.catalog.queries import ListedSku, listed
from app.catalog.rows import MachineRow, figure, machine_row
from app.catalog.vocabulary import CONDITIONS, COOLINGS, DELIVERIES, KINDS, Word

ROWS_A_PAGE = 24
FIXED_WORDS: dict[str, tuple[Word, ...]] = {
    "kind": KINDS,
    "cooling": COOLINGS,
    "condition": CONDITIONS,
    "delivery": DELIVERIES,
}
SORTED_BY_HEAD = {
    "hashrate": ("-hashrate", "hashrate"),
    "watts": ("power", "-power"),
    "efficiency": ("efficiency", "-efficiency"),
    "noise": ("noise", "-noise"),
    "price": ("price", "-price"),
    "unit_price": ("unit_price", "-unit_price"),
}


@dataclass(frozen=True)
class Facet:
    """A group of ticks. Options are (value, text, count, checked)."""

    name: str
    title: str
    options: list[tuple[str, str, int, bool]]


@dataclass(frozen=True)
class RangeFacet:
    """Two number boxes with the unit and the reach of the figures."""

    name: str
    title: str
    low: str | None
    high: str | None
    unit: str
    lowest: str | None
    highest: str | None
    error: str | None


@dataclass(frozen=True)
class Pager:
    page: int
    pages: int
    url: Callable[[int], str]


@dataclass(frozen=True)
class Listing:
    """Everything the template asks for. `fixed` is the facet that the page itself is about."""

    rows: list[MachineRow]
    count: int
    facets: list[Facet]
    ranges: list[RangeFacet]
    chips: list[tuple[str, str]]
    heads: dict[str, dict[str, str | None]]
    sorts: list[tuple[str, str, bool]]
    pager: Pager
    algorithm: str | None
    path: str
    kept: dict[str, str]
    clear_url: str


class ListingMaker:
    """Makes one listing: `path` is the page's own address, `fixed` the facet it stands for (category, brand)."""

    def __init__(
        self,
        shelf: Shelf,
        filters: Filters,
        locale: str,
        path: str,
        product_url: Callable[[str, str], str],
        *,
        fixed: tuple[str, str] | None = None,
        among: int | None = None,
        default_sort: str = "",
    ) -> None:
        self.shelf, self.typed, self.locale, self.path, self.fixed = shelf, shelf.known(filters), locale, path, fixed
        self.product_url, self.default_sort = product_url, default_sort
        self.filters = self.typed.within(*fixed) if fixed else self.typed
        self.found = shelf.find(self.filters, among)
        self.pages = max(1, -(-self.found.count // ROWS_A_PAGE))
        self.page = min(filters.page, self.pages)

    def make(self, session: Session) -> Listing:
        kept = {"q": self.typed.text, "sort": self.typed.sort}
        return Listing(
            rows=self._rows(session),
            count=self.found.count,
            facets=[facet for name in self._facet_names() if (facet := self._facet(name))],
            ranges=[span for name in RANGES if (span := self._range(name))],
            chips=self._chips(),
            heads=self._heads(),
            sorts=self._sorts(),
            pager=Pager(self.page, self.pages, lambda page: self.url(self.typed.on_page(page))),
            algorithm=self.found.algorithm,
            path=self.path,
            kept={name: value for name, value in kept.items() if value},
            clear_url=self.url(self.typed.cleared()),
        )

    def url(self, filters: Filters) -> str:
        query = filters.query()
        return f"{self.path}?{query}" if query else self.path

    def _rows(self, session: Session) -> list[MachineRow]:
        sort = self.typed.sort or self.default_sort
        ids = self.shelf.page(self.found, sort, (self.page - 1) * ROWS_A_PAGE, ROWS_A_PAGE)
        return rows_of(self.shelf, session, ids, self.locale, self.product_url)

    def _facet_names(self) -> list[str]:
        names = ["algorithm", "coin", "type", "brand", "cooling", "condition", "delivery", "kind"]
        return [name for name in names if not self.fixed or name != self.fixed[0]]

    def _facet(self, name: str) -> Facet | None:
        counts, chosen = self.found.counts[name], self.typed.chosen(name)
        codes = [code for code, count in counts.items() if count or code in chosen]
        if name == "type" and self.found.algorithm:
            return None
        if len(codes) < 2 and not chosen:
            return None
        ordered = sorted(codes, key=lambda code: self._place(name, code, counts[code]))
        options = [
            (code, label_of(self.shelf, name, code, self.locale), counts[code], code in chosen) for code in ordered
        ]
        return Facet(name, facet_title(name), options)

    def _place(self, name: str, code: str, count: int) -> tuple[int, str]:
        if name in FIXED_WORDS:
            codes = [word.code for word in FIXED_WORDS[name]]
            return (codes.index(code) if code in codes else len(codes), code)
        return (-count, code)

    def _range(self, name: str) -> RangeFacet | None:
        algorithm = self.found.algorithm
        bounds = self.shelf.bounds(name, algorithm)
        is_asked = name in self.typed.ranges or any(box.startswith(f"{name}_") for box in self.typed.unread)
        if bounds is None or not (is_asked or self.found.members & self.shelf.between(name, None, None)):
            return None
        unit = self.shelf.units.get(algorithm or "", "")
        span = self.typed.ranges.get(name, Range())
        low, high = (self._typed(f"{name}_min", span.low), self._typed(f"{name}_max", span.high))
        wrong = any(f"{name}_{edge}" in self.typed.unread for edge in ("min", "max"))
        error = _("Please enter a plain number, such as 100 or 17.5.") if wrong else None
        shown = [figure(shown_figure(name, bound, unit)) for bound in bounds]
        return RangeFacet(name, facet_title(name), low, high, range_unit(name, unit), shown[0], shown[1], error)

    def _typed(self, box: str, understood: Decimal | None) -> str | None:
        return self.typed.unread.get(box) or (None if understood is None else f"{understood:f}")

    def _chips(self) -> list[tuple[str, str]]:
        chips = [
            (label_of(self.shelf, name, code, self.locale), self.url(self.typed.without(name, code)))
            for name, codes in self.typed.facets.items()
            for code in codes
        ]
        for name, span in self.typed.ranges.items():
            if name in IN_ONE_ALGORITHM and self.found.algorithm is None:
                continue
            unit = range_unit(name, self.shelf.units.get(self.found.algorithm or "", ""))
            chips.append((range_text(facet_title(name), span, unit), self.url(self.typed.without_range(name))))
        return chips

    def _heads(self) -> dict[str, dict[str, str | None]]:
        heads: dict[str, dict[str, str | None]] = {}
        for head, (first, second) in SORTED_BY_HEAD.items():
            if first.removeprefix("-") in IN_ONE_ALGORITHM and self.found.algorithm is None:
                continue
            now = self.typed.sort
            direction = "descending" if now.startswith("-") else "ascending"
            target = second if now == first else first
            heads[head] = {
                "url": self.url(self.typed.sorted_by(target)),
                "sorted": direction if now in (first, second) else None,
            }
        return heads

    def _sorts(self) -> list[tuple[str, str, bool]]:
        """Ways to order, for the phone where there are no heads: (text, url, in force)."""
        ways = [("", _("Recommended order") if not self.typed.text else _("Best match"))]
        ways += [("price", _("Price, low first")), ("newest", _("Newest first"))]
        if self.found.algorithm:
            ways += [
                ("unit_price", _("Price per T, low first")),
                ("efficiency", _("Most efficient first")),
                ("-hashrate", _("Highest hashrate first")),
            ]
        return [(text, self.url(self.typed.sorted_by(sort)), sort == self.typed.sort) for sort, text in ways]


def rows_of(
    shelf: Shelf, session: Session, ids: list[int], locale: str, product_url: Callable[[str, str], str]
) -> list[MachineRow]:
    """Rows of these SKUs, with one query. `product_url` makes an address from slug and SKU code."""
    return [
        machine_row(sku, locale, shelf.coins_of(sku.sku_id), product_url(sku.slug, code_of(shelf, sku)))
        for sku in listed(session, ids)
    ]


def code_of(shelf: Shelf, sku: ListedSku) -> str:
    """The code that an address needs to name this variant; empty where the product has no other."""
    return sku.code if shelf.has_siblings(sku.sku_id) else ""


def label_of(shelf: Shelf, facet: str, code: str, locale: str) -> str:
    """What a facet value is called; a code that the shelf does not have stands for itself."""
    if facet == "cooling" and code == UNKNOWN_COOLING:
        return _("Not stated")
    for word in FIXED_WORDS.get(facet, ()):
        if word.code == code:
            return word.zh if locale == "zh" else word.en
    return shelf.label(facet, code, locale)


def facet_title(name: str) -> str:
    titles: Mapping[str, str] = {
        "algorithm": _("Algorithm"), "coin": _("Coin"), "type": _("Type"), "brand": _("Brand"),
        "cooling": _("Cooling"), "condition": _("Condition"), "delivery": _("Availability"), "kind": _("Kind"),
        "hashrate": _("Hashrate"), "power": _("Power"), "efficiency": _("Efficiency"), "noise": _("Noise"),
        "price": _("Price"), "unit_price": _("Price per T"),
    }  # fmt: skip
    return titles[name]


def range_unit(name: str, unit: str) -> str:
    work = units.per_hash(unit)
    in_unit = {"hashrate": unit, "efficiency": f"J/{work}", "unit_price": f"¥/{work}"}
    return in_unit.get(name) or {"power": "W", "noise": "dB", "price": "¥"}[name]


def shown_figure(name: str, base: int, unit: str) -> Decimal:
    """A figure of the shelf in the unit of its box."""
    if name == "hashrate":
        return units.amount_in(base, unit)
    if name == "efficiency":
        return units.efficiency_in(base, unit)
    return units.plain(Decimal(base) / {"power": 1000, "noise": 1}.get(name, 100))


def range_text(title: str, span: Range, unit: str) -> str:
    """`Hashrate ≥ 100 TH/s`, `Price ¥ 1,000–2,000`."""
    low, high = (None if edge is None else figure(edge) for edge in (span.low, span.high))
    if low is None or high is None:
        return f"{title} {'≤' if low is None else '≥'} {high or low} {unit}"
    return f"{title} {low}–{high} {unit}"
