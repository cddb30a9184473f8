"""Small cells are not kept: what is cut by two dimensions and holds fewer than five visits goes after a day. Join J7.

While a day lasts, nobody can say which cells will stay small. Once it is over for a day, and once a month is, cells cut
by a pair, and pages and funnel behind a filter, are dropped where so few visits lie in them that somebody who knows a
visitor's habits could find what that visitor did. Sums cut by one dimension stay exact for ever; those cut by two are
exact where they are large, and else at least what is shown.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Delete, Table, delete, exists, not_

from analytics.codes import FILTERS, PAIRS, cut_of_pair
from analytics.days import first_day_of_month, month_of
from analytics.store import (
    figure_months,
    figures,
    funnel,
    funnel_months,
    gap_months,
    gaps,
    page_figures,
    page_months,
)

FLOOR = 5
"""Visits in a cell that is kept."""

LATE_DAYS = 40
"""So long after a day hits for it may still come: from a node whose store was away."""

_PAIR_CUTS = tuple(cut_of_pair(x, y) for x, y in PAIRS)
_FILTER_CUTS = tuple(int(cut) for cut in FILTERS)


def prune(connection: Connection, today: int) -> None:
    """Drop the small cells of all days before yesterday and of all months that ended before yesterday."""
    last_day = today - 2
    months = range(month_of(today - LATE_DAYS) - 1, month_of(first_day_of_month(month_of(last_day + 1)) - 1) + 1)
    for statement in _pruning(figures, gaps, page_figures, funnel, last_day - LATE_DAYS, last_day):
        connection.execute(statement)
    for statement in _pruning(figure_months, gap_months, page_months, funnel_months, months[0], months[-1]):
        connection.execute(statement)


def _pruning(sums: Table, visitors: Table, pages: Table, steps: Table, first: int, last: int) -> Iterator[Delete]:
    when = "day" if "day" in sums.c else "month"

    def within(table: Table, cuts: tuple[int, ...]) -> ColumnElement[bool]:
        return table.c.cut.in_(cuts) & table.c[when].between(first, last)

    def whose_cell_is_gone(table: Table, *columns: str) -> ColumnElement[bool]:
        same = [sums.c[column] == table.c[column] for column in ("cut", when, *columns)]
        return not_(exists().where(*same, sums.c.visits >= FLOOR))

    yield delete(sums).where(within(sums, _PAIR_CUTS), sums.c.visits < FLOOR)
    yield delete(visitors).where(within(visitors, _PAIR_CUTS), whose_cell_is_gone(visitors, "a", "b"))
    few = (pages.c.views < FLOOR) | whose_cell_is_gone(pages, "a")
    yield delete(pages).where(within(pages, _FILTER_CUTS), few)
    yield delete(steps).where(within(steps, _FILTER_CUTS), steps.c.visits < FLOOR)
