"""Closing a day: what is cut by two dimensions is kept only where five visits or more lie in it. Clause 2.10, join J7.

While a day lasts, nobody can say which cells will stay small. A day after it is over it is closed. Of the cells cut by
a pair, and of pages and funnel behind a filter, the small ones are dropped then, since somebody who knows a visitor's
habits could find in them what that visitor did; the others are added to the sums of their month. Hits that come in for
a closed day are counted in sums of one dimension alone, which stay exact for ever.

A pair's visitors stand apart by the gap since their last active day, and so thinly that nearly every row would be below
the floor. Rows of one cell are put together until each holds five (`with_floor`; decision 10).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Table,
    case,
    delete,
    exists,
    func,
    literal,
    not_,
    select,
)

from analytics.days import first_day_of_month, month_of
from analytics.store import (
    MONTHS,
    TWO_WAY,
    add,
    adding,
    closed_days,
    figures,
    funnel,
    gaps,
    insert,
    last_closed,
    page_figures,
)
from analytics.visit import NEW

FLOOR = 5
"""Visits in a cell that is kept."""

OPEN_DAYS = 2
"""Today and yesterday."""


def close_days(connection: Connection, today: int) -> None:
    """Close every day that is over for a day. Safe to repeat, and to run on several nodes at once."""
    before = last_closed(connection) or int(connection.scalar(select(func.min(figures.c.day))) or today) - 1
    for day in range(before + 1, today - OPEN_DAYS + 1):
        noted = insert(connection, closed_days).values(day=day).on_conflict_do_nothing()
        if connection.execute(noted).rowcount:
            for dropping in _small_cells(day):
                connection.execute(dropping)
            _put_gaps_together(connection, day)
            for table in TWO_WAY:
                _add_to_month(connection, table, day)


def _small_cells(day: int) -> Iterator[Delete]:
    """The visitors of a cell go with its visits; so do the pages behind a value with few visits."""
    yield delete(figures).where(_two_way(figures, day), figures.c.visits < FLOOR)
    yield delete(gaps).where(_two_way(gaps, day), _has_few_visits(gaps, "a", "b"))
    few = (page_figures.c.views < FLOOR) | _has_few_visits(page_figures, "a")
    yield delete(page_figures).where(_two_way(page_figures, day), few)
    yield delete(funnel).where(_two_way(funnel, day), funnel.c.visits < FLOOR)


def _put_gaps_together(connection: Connection, day: int) -> None:
    rows = select(gaps).where(_two_way(gaps, day)).order_by(gaps.c.cut, gaps.c.a, gaps.c.b, gaps.c.gap.desc())
    cells = groupby(connection.execute(rows).all(), lambda row: (row.cut, row.a, row.b))
    kept = {
        (day, *cell, gap): visitors
        for cell, of_cell in cells
        for gap, visitors in with_floor((row.gap, int(row.visitors)) for row in of_cell)
    }
    connection.execute(delete(gaps).where(_two_way(gaps, day)))
    add(connection, gaps, kept)


def with_floor(visitors_by_gap: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The visitors of a cell by their gap, the longest first, so that each row holds FLOOR of them or more.

    Those of a gap that has fewer wait for the next shorter one; fewer than FLOOR are left over in the end, and dropped.
    So of any number of days at most FLOOR - 1 visitors are missing, and never one too many is told.
    """
    waiting = 0
    for gap, visitors in visitors_by_gap:
        waiting += visitors
        if waiting >= FLOOR:
            yield gap, waiting
            waiting = 0


def _two_way(table: Table, day: int) -> ColumnElement[bool]:
    return table.c.cut.in_(TWO_WAY[table]) & (table.c.day == day)


def _has_few_visits(table: Table, *columns: str) -> ColumnElement[bool]:
    same = [figures.c[column] == table.c[column] for column in ("cut", "day", *columns)]
    return not_(exists().where(*same, figures.c.visits >= FLOOR))


def _add_to_month(connection: Connection, table: Table, day: int) -> None:
    monthly = MONTHS[table]
    values: dict[str, ColumnElement[int]] = {"month": literal(month_of(day))}
    told = _two_way(table, day)
    if table is gaps:
        values["last_day"] = case((table.c.gap == NEW, 0), else_=day - table.c.gap)
        told &= table.c.gap > day - first_day_of_month(month_of(day))
    columns = [column.name for column in monthly.columns]
    rows = select(*(values.get(name, table.c.get(name, literal(0))) for name in columns)).where(told)
    connection.execute(adding(connection, monthly, insert(connection, monthly).from_select(columns, rows)))
