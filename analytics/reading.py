"""How a report reads counter cells: which days, cut by what, filtered by what. Sums of any range of days are exact.

A range is read as the days at its two ends and the whole months between them, so that two years cost little more than
two months. Cells of two dimensions tell of a closed day only what is large enough to be kept (closing.py).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, false, func, or_, select

from analytics.codes import Cut, cut_of_pair, pair
from analytics.days import first_day_of_month, month_of
from analytics.store import MONTHS, TWO_WAY, gap_months, gaps, last_closed


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

    def pieces(self, until: int | None = None) -> "tuple[list[Range], Range | None]":
        """The same days as single days at the ends and whole months (by number) between, where there are any.

        `until` is the last day of which month sums tell already.
        """
        whole = Range(self.first, self.last if until is None else min(self.last, until))
        begin, end = month_of(self.first), month_of(whole.last)
        if self.first > first_day_of_month(begin):
            begin += 1
        if whole.last < first_day_of_month(end + 1) - 1:
            end -= 1
        if end < begin:
            return [self], None
        ends = Range(self.first, first_day_of_month(begin) - 1), Range(first_day_of_month(end + 1), self.last)
        return [days for days in ends if days.days > 0], Range(begin, end)


class Filter(NamedTuple):
    """Only what has a value of `cut` from `low` to `high`."""

    cut: Cut
    low: int
    high: int


class Cells(NamedTuple):
    """Which cells answer a question: their cut, the column of the value asked for, and bounds of columns."""

    cut: int
    by: str
    """"" where the question is for one sum."""
    bounds: tuple[tuple[str, int, int], ...] = ()

    def of(self, table: Table) -> ColumnElement[bool]:
        found = table.c.cut == self.cut
        for column, low, high in self.bounds:
            found &= table.c[column].between(low, high)
        return found


class TooManyFilters(ValueError):
    """Cells are cut by two dimensions at most."""


def cells_of(by: Cut, filters: Sequence[Filter] = ()) -> Cells:
    """The cells for figures by one cut (Cut.ALL: undivided) behind filters. Raises TooManyFilters.

    Undivided figures take two filters, divided ones take one.
    """
    column = "a" if by else ""
    if not filters:
        return Cells(int(by), column)
    one = filters[0]
    if len(filters) == 1 and by in (Cut.ALL, one.cut):
        return Cells(int(one.cut), column, (("a", one.low, one.high),))
    if len(filters) == 1 and (by, one.cut) == (Cut.SOURCE, Cut.CHANNEL):
        return Cells(int(by), column, (("a", one.low << 32, (one.high + 1 << 32) - 1),))
    if len(filters) + bool(by) > 2:
        raise TooManyFilters
    other = by or filters[1].cut
    first, _ = pair(one.cut, other)
    places = {one.cut: "a" if first == one.cut else "b", other: "b" if first == one.cut else "a"}
    bounds = tuple((places[each.cut], each.low, each.high) for each in filters)
    return Cells(cut_of_pair(one.cut, other), places[by] if by else "", bounds)


def sums(
    connection: Connection, table: Table, cells: Cells, days: Range, keys: Sequence[str], counts: Sequence[str]
) -> dict[tuple[int, ...], list[int]]:
    """The sums of `counts` over a range of days, by the columns `keys`."""
    found: dict[tuple[int, ...], list[int]] = {}
    ends, months = days.pieces(last_closed(connection) if cells.cut in TWO_WAY[table] else None)
    wanted = [(table, or_(false(), *(table.c.day.between(*span) for span in ends)))] if ends else []
    if months:
        monthly = MONTHS[table]
        wanted.append((monthly, monthly.c.month.between(*months)))
    for source, when in wanted:
        where = cells.of(source) & when & _first_seen(source, days)
        columns = [source.c[key] for key in keys]
        query = select(*columns, *(func.sum(source.c[count]) for count in counts)).where(where).group_by(*columns)
        for row in connection.execute(query):
            key, numbers = tuple(row[: len(keys)]), [int(number or 0) for number in row[len(keys) :]]
            before = found.get(key)
            found[key] = numbers if before is None else [a + b for a, b in zip(before, numbers, strict=True)]
    return found


def sums_by_day(
    connection: Connection, table: Table, cells: Cells, days: Range, counts: Sequence[str]
) -> Iterator[tuple[int, list[int]]]:
    """The sums of `counts` of each day that has any. Of visitor gaps these are the visitors of that day."""
    columns = [func.sum(table.c[count]) for count in counts]
    query = select(table.c.day, *columns).where(cells.of(table), table.c.day.between(*days)).group_by(table.c.day)
    for day, *numbers in connection.execute(query):
        yield day, [int(number or 0) for number in numbers]


def _first_seen(table: Table, days: Range) -> Any:
    """Of visitor gaps, those on the browser's first active day in the range (visit.py); of other cells, all."""
    if table is gaps:
        return table.c.gap > table.c.day - days.first
    if table is gap_months:
        return table.c.last_day < days.first
    return ~false()
