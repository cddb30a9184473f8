"""Reading the counters: totals, days, and one dimension at a time, for any range of days (both ends included).

Everything here is exact. Unique visitors are never added up over days: see `visit.py` for the sum that counts each
browser on its first active day in the range and nowhere else.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, select

from analytics.codes import (
    Channel,
    Cut,
    Device,
    LeftOut,
    ShopMeasure,
    Step,
    Width,
    kind_of_page,
    language_name,
)
from analytics.days import date_of
from analytics.source import source_name
from analytics.store import Store, figures, funnel, gaps, left_out, page_figures, pages, shop_days

LONGEST_EXACT_DAYS = 395
"""In longer ranges a browser may be counted a second time, because its cookie has lived out its 13 months."""


class Range(NamedTuple):
    """Days, as numbers (days.py), both included."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    def before(self) -> "Range":
        """The period of the same length that ends the day before this one begins."""
        return Range(self.first - self.days, self.first - 1)


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

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


class Reports:
    """The read queries. `kinds` names the host's page kinds by their numbers."""

    def __init__(self, store: Store, kinds: Mapping[int, str]) -> None:
        self.store, self.kinds = store, kinds
        self._names: dict[Cut, Callable[[int], str]] = {
            Cut.DEVICE: lambda value: Device(value).name.lower() if value in set(Device) else "other",
            Cut.WIDTH: lambda value: Width(value).name.lower() if value in set(Width) else "unknown",
            Cut.LANGUAGE: lambda value: language_name(value) or "unknown",
            Cut.CHANNEL: lambda value: Channel(value).name.lower() if value in set(Channel) else "other",
            Cut.SOURCE: lambda value: source_name(value) or Channel(value >> 32).name.lower(),
            Cut.MEMBER: lambda value: "member" if value else "guest",
            Cut.ENTRY_KIND: lambda value: self.kinds.get(value, "unknown"),
        }

    def totals(self, days: Range) -> Figures:
        """The whole site over the whole range."""
        return self._cut(Cut.ALL, days).get(0, Figures())._replace(**self._placed_total(days))

    def by_day(self, days: Range) -> dict[int, Figures]:
        """The whole site, day by day; days without anything stand with zeros."""
        found = dict.fromkeys(range(days.first, days.last + 1), Figures())
        with self.store.reading() as connection:
            columns = [func.sum(figures.c[name]) for name in ("views", "visits", "bounces", "seconds", "pages")]
            query = select(figures.c.day, *columns).where(_of(figures, Cut.ALL, days)).group_by(figures.c.day)
            for day, views, visits, bounces, seconds, shown in connection.execute(query):
                found[day] = Figures(int(views), int(visits), 0, int(bounces), int(seconds), int(shown))
            unique = select(gaps.c.day, func.sum(gaps.c.visitors)).where(_of(gaps, Cut.ALL, days)).group_by(gaps.c.day)
            for day, visitors in connection.execute(unique):
                found[day] = found[day]._replace(visitors=int(visitors))
            for row in connection.execute(select(shop_days).where(_placed(days))):
                found[row.day] = found[row.day]._replace(orders=int(row.orders), amount=int(row.amount))
        return found

    def by(self, cut: Cut, days: Range) -> dict[str, Figures]:
        """One dimension, the value with most visits first. Values that show nothing are left off."""
        found: dict[str, Figures] = {}
        for value, row in self._cut(cut, days).items():
            name = self._names[cut](value)
            found[name] = Figures(*(a + b for a, b in zip(found.get(name, Figures()), row, strict=True)))
        shown = {name: row for name, row in found.items() if any(row)}
        return dict(sorted(shown.items(), key=lambda item: (-item[1].visits, -item[1].views, item[0])))

    def by_page(self, days: Range) -> list[PageRow]:
        """Pages with their views, and how often a visit began and ended there; most views first."""
        sums = [func.sum(page_figures.c[name]) for name in ("views", "entries", "exits")]
        query = (
            select(page_figures.c.page, pages.c.key, *sums)
            .outerjoin(pages, pages.c.page == page_figures.c.page)
            .where(page_figures.c.cut == Cut.ALL, page_figures.c.day.between(*days))
            .group_by(page_figures.c.page, pages.c.key)
        )
        with self.store.reading() as connection:
            rows = [
                PageRow(self.kinds.get(kind_of_page(page), "unknown"), key or "", int(views), int(entries), int(exits))
                for page, key, views, entries, exits in connection.execute(query)
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

    def steps(self, days: Range) -> dict[Step, int]:
        """Visits that reached each step of the funnel or went beyond it."""
        reached = dict.fromkeys((step for step in Step if step), 0)
        columns = funnel.c.step_before, funnel.c.step_after, func.sum(funnel.c.visits)
        query = select(*columns).where(_of(funnel, Cut.ALL, days)).group_by(*columns[:2])
        with self.store.reading() as connection:
            for before, after, visits in connection.execute(query):
                for step in reached:
                    if before < step <= after:
                        reached[step] += int(visits)
        return reached

    def _cut(self, cut: Cut, days: Range) -> dict[int, Figures]:
        with self.store.reading() as connection:
            rows = _sums(connection, cut, days)
            unique = (
                select(gaps.c.a, func.sum(gaps.c.visitors))
                .where(_of(gaps, cut, days), gaps.c.gap > gaps.c.day - days.first)
                .group_by(gaps.c.a)
            )
            for value, visitors in connection.execute(unique):
                rows[value] = rows.get(value, Figures())._replace(visitors=int(visitors))
        return rows

    def _placed_total(self, days: Range) -> dict[str, int]:
        query = select(func.sum(shop_days.c.orders), func.sum(shop_days.c.amount)).where(_placed(days))
        with self.store.reading() as connection:
            orders, amount = connection.execute(query).one()
        return {"orders": int(orders or 0), "amount": int(amount or 0)}


def _sums(connection: Connection, cut: Cut, days: Range) -> dict[int, Figures]:
    columns = [func.sum(figures.c[name]) for name in ("views", "visits", "bounces", "seconds", "pages")]
    query = select(figures.c.a, *columns).where(_of(figures, cut, days)).group_by(figures.c.a)
    return {
        value: Figures(int(views), int(visits), 0, int(bounces), int(seconds), int(shown))
        for value, views, visits, bounces, seconds, shown in connection.execute(query)
    }


def _of(table: Table, cut: Cut, days: Range) -> ColumnElement[bool]:
    return (table.c.cut == int(cut)) & table.c.day.between(*days)


def _placed(days: Range) -> ColumnElement[bool]:
    return (shop_days.c.measure == int(ShopMeasure.PLACED)) & shop_days.c.day.between(*days)


def iso(day: int) -> str:
    return date_of(day).isoformat()
