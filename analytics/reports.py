"""Reading the counters: totals, days, and one dimension at a time, for any range of days (both ends included).

Everything here is exact. Unique visitors are never added up over days: see `visit.py` for the sum that counts each
browser on its first active day in the range and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from analytics.codes import (
    Browser,
    Channel,
    Cut,
    Device,
    LeftOut,
    ShopMeasure,
    Step,
    System,
    Width,
    kind_of_page,
    language_name,
)
from analytics.days import date_of
from analytics.place import place_key
from analytics.reading import Cells, Filter, Range, TooManyFilters, cells_of, sums, sums_by_day
from analytics.source import source_name
from analytics.store import Store, figures, funnel, gaps, left_out, page_figures, pages, shop_days
from analytics.tally import PAGE_FIGURES

LONGEST_EXACT_DAYS = 395
"""In longer ranges a browser may be counted a second time, because its cookie has lived out its 13 months."""


class Figures(NamedTuple):
    """The headline figures. `pages` are views that belong to visits; amounts are in the smallest unit of money."""

    views: int = 0
    visits: int = 0
    visitors: int = 0
    bounces: int = 0
    seconds: int = 0
    pages: int = 0
    orders: int = 0
    amount: int = 0


class PageRow(NamedTuple):
    kind: str
    key: str
    views: int
    entries: int
    exits: int
    seconds: int
    """Spent there by those who went on to another page of the visit."""

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


class Reports:
    """The read queries. `kinds` names the host's page kinds by their numbers."""

    def __init__(self, store: Store, kinds: Mapping[int, str], campaign_name: Callable[[int], str] = str) -> None:
        self.store, self.kinds = store, kinds
        self._names: dict[Cut, Callable[[int], str]] = {
            Cut.DEVICE: lambda value: Device(value).name.lower() if value in set(Device) else "other",
            Cut.WIDTH: lambda value: Width(value).name.lower() if value in set(Width) else "unknown",
            Cut.LANGUAGE: lambda value: language_name(value) or "unknown",
            Cut.CHANNEL: lambda value: Channel(value).name.lower() if value in set(Channel) else "other",
            Cut.SOURCE: lambda value: source_name(value) or Channel(value >> 32).name.lower(),
            Cut.MEMBER: lambda value: "member" if value else "guest",
            Cut.ENTRY_KIND: lambda value: self.kinds.get(value, "unknown"),
            Cut.BROWSER: lambda value: Browser(value).name.lower() if value in set(Browser) else "other",
            Cut.SYSTEM: lambda value: System(value).name.lower() if value in set(System) else "other",
            Cut.PLACE: lambda value: place_key(value) or "unknown",
            Cut.CAMPAIGN: lambda value: campaign_name(value) if value else "none",
            Cut.RETURNING: lambda value: "returning" if value else "new",
        }

    def first_day(self) -> int | None:
        """The first day on which anything was counted."""
        with self.store.reading() as connection:
            first = connection.scalar(select(func.min(figures.c.day)).where(figures.c.cut == int(Cut.ALL)))
        return None if first is None else int(first)

    def totals(self, days: Range, filters: Sequence[Filter] = ()) -> Figures:
        """Over the whole range. Orders and amounts are known for the whole site alone: behind a filter they are 0."""
        with self.store.reading() as connection:
            found = _figures(connection, cells_of(Cut.ALL, filters), days).get(0, Figures())
            return found if filters else found._replace(**_placed_total(connection, days))

    def by_day(self, days: Range, filters: Sequence[Filter] = ()) -> dict[int, Figures]:
        """Day by day; days without anything stand with zeros."""
        found = dict.fromkeys(range(days.first, days.last + 1), Figures())
        cells = cells_of(Cut.ALL, filters)
        with self.store.reading() as connection:
            for day, (views, visits, bounces, seconds, shown) in sums_by_day(connection, figures, cells, days, _COUNTS):
                found[day] = Figures(views, visits, 0, bounces, seconds, shown)
            for day, (visitors,) in sums_by_day(connection, gaps, cells, days, ["visitors"]):
                found[day] = found[day]._replace(visitors=visitors)
            if not filters:
                for row in connection.execute(select(shop_days).where(_placed(days))):
                    found[row.day] = found[row.day]._replace(orders=int(row.orders), amount=int(row.amount))
        return found

    def by(self, cut: Cut, days: Range, filters: Sequence[Filter] = ()) -> dict[str, Figures]:
        """One dimension, the value with most visits first. Values that show nothing are left off.

        Behind one filter at most; raises TooManyFilters.
        """
        found: dict[str, Figures] = {}
        with self.store.reading() as connection:
            rows = _figures(connection, cells_of(cut, filters), days)
        for value, row in rows.items():
            name = self._names[cut](value)
            found[name] = Figures(*(a + b for a, b in zip(found.get(name, Figures()), row, strict=True)))
        shown = {name: row for name, row in found.items() if any(row)}
        return dict(sorted(shown.items(), key=lambda item: (-item[1].visits, -item[1].views, item[0])))

    def by_page(self, days: Range, filters: Sequence[Filter] = ()) -> list[PageRow]:
        """Pages with their views, how often a visit began and ended there, and the time spent; most views first.

        Behind one filter at most; raises TooManyFilters.
        """
        if len(filters) > 1:
            raise TooManyFilters
        with self.store.reading() as connection:
            found = sums(connection, page_figures, cells_of(Cut.ALL, filters), days, ["page"], PAGE_FIGURES)
            keys = {row.page: row.key for row in connection.execute(select(pages))}
        rows = [
            PageRow(self.kinds.get(kind_of_page(page), "unknown"), keys.get(page, ""), *numbers)
            for (page,), numbers in found.items()
        ]
        return sorted((row for row in rows if any(row[2:])), key=lambda row: (-row.views, row.value))

    def left_out(self, days: Range) -> dict[LeftOut, int]:
        """What was not counted, or not in full, by reason."""
        query = (
            select(left_out.c.reason, func.sum(left_out.c.hits))
            .where(left_out.c.day.between(*days))
            .group_by(left_out.c.reason)
            .order_by(left_out.c.reason)
        )
        with self.store.reading() as connection:
            return {LeftOut(reason): int(hits) for reason, hits in connection.execute(query) if hits > 0}

    def steps(self, days: Range, filters: Sequence[Filter] = ()) -> dict[Step, int]:
        """Visits that reached each step of the funnel or went beyond it.

        Behind one filter at most; raises TooManyFilters.
        """
        if len(filters) > 1:
            raise TooManyFilters
        reached = dict.fromkeys((step for step in Step if step), 0)
        keys = ["step_before", "step_after"]
        with self.store.reading() as connection:
            found = sums(connection, funnel, cells_of(Cut.ALL, filters), days, keys, ["visits"])
        for (before, after), (visits,) in found.items():
            for step in reached:
                if before < step <= after:
                    reached[step] += visits
        return reached


_COUNTS = ("views", "visits", "bounces", "seconds", "pages")


def _figures(connection: Connection, cells: Cells, days: Range) -> dict[int, Figures]:
    """Figures by the value asked for; by 0 where one sum is."""
    keys = [cells.by] if cells.by else []
    found: dict[int, Figures] = {}
    for key, (views, visits, bounces, seconds, shown) in sums(connection, figures, cells, days, keys, _COUNTS).items():
        found[key[0] if key else 0] = Figures(views, visits, 0, bounces, seconds, shown)
    for key, (visitors,) in sums(connection, gaps, cells, days, keys, ["visitors"]).items():
        value = key[0] if key else 0
        found[value] = found.get(value, Figures())._replace(visitors=visitors)
    return found


def _placed_total(connection: Connection, days: Range) -> dict[str, int]:
    query = select(func.sum(shop_days.c.orders), func.sum(shop_days.c.amount)).where(_placed(days))
    orders, amount = connection.execute(query).one()
    return {"orders": int(orders or 0), "amount": int(amount or 0)}


def _placed(days: Range) -> ColumnElement[bool]:
    return (shop_days.c.measure == int(ShopMeasure.PLACED)) & shop_days.c.day.between(*days)


def iso(day: int) -> str:
    return date_of(day).isoformat()
