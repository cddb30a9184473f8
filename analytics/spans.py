"""Figures of several spans of days at once, such as the weeks of a year: of each span its own exact visitors.

Visitors of a week are not the sum of those of its days, so each span is asked for as a range of its own, but all of
them in one query of each table: however many spans, the number of queries is the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Integer, Table, func, literal, select, union_all

from analytics.codes import Cut
from analytics.day_totals import placed_by_day
from analytics.days import first_day_of_month, month_of
from analytics.reading import Cells, Filter, Range, cells_of
from analytics.reports import Figures
from analytics.store import TWO_WAY, Store, figure_months, figures, gap_months, gaps, last_closed

_COUNTS = ("views", "visits", "bounces", "seconds", "pages")


def figures_of_spans(store: Store, spans: Sequence[Range], filters: Sequence[Filter] = ()) -> list[Figures]:
    """The headline figures of each span, in the order given, behind two filters at most. Raises TooManyFilters.

    Orders and amounts are known for the whole site alone: behind a filter they are 0.
    """
    cells = cells_of(Cut.ALL, filters)
    with store.reading() as connection:
        until = last_closed(connection) if cells.cut in TWO_WAY[figures] else None
        months = _as_table({place: span for place, span in enumerate(spans) if _is_month(span, until)})
        others = _as_table({place: span for place, span in enumerate(spans) if not _is_month(span, until)})
        sums = _sums(connection, cells, figures, others) | _sums(connection, cells, figure_months, months)
        unique = _sums(connection, cells, gaps, others) | _sums(connection, cells, gap_months, months)
    placed = {} if filters else placed_by_day(store, Range(spans[0].first, spans[-1].last)) if spans else {}
    found = []
    for place, span in enumerate(spans):
        views, visits, bounces, seconds, shown = sums.get(place, [0] * len(_COUNTS))
        told = [placed[day] for day in range(span.first, span.last + 1) if day in placed]
        found.append(
            Figures(
                views, visits, unique.get(place, [0])[0], bounces, seconds, shown,
                sum(each.orders for each in told), sum(each.amount for each in told),
            )
        )  # fmt: skip
    return found


def _is_month(span: Range, until: int | None) -> bool:
    """True where month sums tell of the span; `until` is the last day of which they tell already."""
    if until is not None and span.last > until:
        return False
    month = month_of(span.first)
    return span == Range(first_day_of_month(month), first_day_of_month(month + 1) - 1)


def _sums(connection: Connection, cells: Cells, table: Table, of: FromClause | None) -> dict[int, list[int]]:
    """The counts of `table` by the number of the span."""
    if of is None:
        return {}
    counts = ("visitors",) if table in (gaps, gap_months) else _COUNTS
    query = (
        select(of.c.place, *(func.sum(table.c[count]) for count in counts))
        .select_from(of.join(table, _within(table, of)))
        .where(cells.of(table))
        .group_by(of.c.place)
    )
    return {place: [int(number or 0) for number in numbers] for place, *numbers in connection.execute(query)}


def _within(table: Table, of: FromClause) -> ColumnElement[bool]:
    """Cells of a span; of visitor gaps, those on the browser's first active day in it (visit.py)."""
    if table is figure_months:
        return table.c.month == of.c.month
    if table is gap_months:
        return (table.c.month == of.c.month) & (table.c.last_day < of.c.first)
    days: ColumnElement[bool] = table.c.day.between(of.c.first, of.c.last)
    return days & (table.c.gap > table.c.day - of.c.first) if table is gaps else days


def _as_table(spans: Mapping[int, Range]) -> FromClause | None:
    """Spans as rows to be joined with, by their number; None for no span."""
    if not spans:
        return None

    def row(place: int, span: Range) -> Any:
        named = {"place": place, "first": span.first, "last": span.last, "month": month_of(span.first)}
        return select(*(literal(value, Integer).label(name) for name, value in named.items()))

    return union_all(*(row(place, span) for place, span in spans.items())).subquery("spans")
