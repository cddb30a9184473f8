"""Closing a day: what is cut by two dimensions is kept only where five visits or more lie in it. Clause 2.10, join J7.

While a day lasts, nobody can say which cells will stay small. A day after it is over it is closed. Of the cells cut by
a pair, and of pages and funnel behind a filter, the small ones are dropped then, since somebody who knows a visitor's
habits could find in them what that visitor did. With a small one go as many others as it takes that it does not follow
from the sums of one dimension, less what is told (disclosure.hidden_with). What is left is added to the sums of their
month. Hits that come in for a closed day are counted in sums of one dimension alone, which stay exact for ever.

A pair's visitors stand apart by the gap since their last active day, and so thinly that nearly every row would be below
the floor. Rows of one cell are put together until each holds five (`with_floor`; decision 10).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    not_,
    select,
)

from analytics.days import first_day_of_month, month_of
from analytics.disclosure import INSIDE_FLOOR, InTable, hidden_with
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

FLOOR = INSIDE_FLOOR
"""Visits in a cell that is kept."""

OPEN_DAYS = 2
"""Today and yesterday."""


def close_days(connection: Connection, today: int) -> None:
    """Close every day that is over for a day. Safe to repeat, and to run on several nodes at once."""
    before = last_closed(connection) or int(connection.scalar(select(func.min(figures.c.day))) or today) - 1
    for day in range(before + 1, today - OPEN_DAYS + 1):
        noted = insert(connection, closed_days).values(day=day).on_conflict_do_nothing()
        if connection.execute(noted).rowcount:
            _drop_small_cells(connection, day)
            _put_gaps_together(connection, day)
            for table in TWO_WAY:
                _add_to_month(connection, table, day)


def _drop_small_cells(connection: Connection, day: int) -> None:
    """And with them those by which they would follow. The visitors of a cell go with its visits."""
    for cut in TWO_WAY[figures]:
        counts = _counts(connection, figures, "visits", cut, day)
        _drop(connection, figures, cut, day, hidden_with(_below_floor(counts), counts))
    connection.execute(delete(gaps).where(_two_way(gaps, day), not_(exists().where(*_same_cell(gaps)))))
    for cut in TWO_WAY[page_figures]:
        counts, told = _counts(connection, page_figures, "views", cut, day), _told(connection, cut, day)
        few = {cell for cell in counts if counts[cell] < FLOOR or cell[0] not in told}
        _drop(connection, page_figures, cut, day, hidden_with(few, counts))
    for cut in TWO_WAY[funnel]:
        counts = _counts(connection, funnel, "visits", cut, day)
        _drop(connection, funnel, cut, day, hidden_with(_below_floor(counts), counts, rows_are_told=False))


def _below_floor(counts: Mapping[InTable, int]) -> set[InTable]:
    return {cell for cell, count in counts.items() if count < FLOOR}


def _told(connection: Connection, cut: int, day: int) -> set[int]:
    """The values of a cut behind which so many visits lie that their pages may be told."""
    many = (figures.c.cut == cut) & (figures.c.day == day) & (figures.c.visits >= FLOOR)
    return set(connection.scalars(select(figures.c.a).where(many)))


def _counts(connection: Connection, table: Table, count: str, cut: int, day: int) -> dict[InTable, int]:
    """The cells of a cut by `a` and by whatever else is in their key."""
    query = select(*_keys(table), table.c[count]).where(table.c.cut == cut, table.c.day == day)
    return {(a, tuple(rest)): number for a, *rest, number in connection.execute(query)}


def _drop(connection: Connection, table: Table, cut: int, day: int, cells: Iterable[InTable]) -> None:
    keys = _keys(table)
    same = [column == bindparam(f"of_{column.name}") for column in keys]
    rows = [
        {f"of_{column.name}": value for column, value in zip(keys, (a, *rest), strict=True)}
        for a, rest in sorted(cells)
    ]
    if rows:
        connection.execute(delete(table).where(table.c.cut == cut, table.c.day == day, *same), rows)


def _keys(table: Table) -> list[Column[Any]]:
    """`a`, and what is left of the key without cut and day."""
    return [column for column in table.primary_key if column.name not in ("cut", "day")]


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


def _same_cell(table: Table) -> list[ColumnElement[bool]]:
    return [figures.c[column] == table.c[column] for column in ("cut", "day", "a", "b")]


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
