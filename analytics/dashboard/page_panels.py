"""Panels of pages: seen, begun with, ended with; addresses that lead nowhere; goals that are pages or steps."""

from collections.abc import Callable, Iterator, Sequence

from analytics.codes import page_code
from analytics.dashboard.asked import Asked
from analytics.dashboard.floor import at_least, is_few
from analytics.dashboard.tables import Column, Number, Row, Table, ratio, with_floor, with_shares
from analytics.missing_pages import pages_not_found
from analytics.outbound import InView, times_in_view
from analytics.reports import PageRow
from analytics.terms import terms
from analytics.texts import name_of


def pages(asked: Asked) -> Table:
    """Time in view is told by browsers with script, of the last page too; of the whole site alone."""
    in_view = {} if asked.first_filter else times_in_view(asked.store, asked.days)
    numbers = asked.analytics.wiring.page_kinds
    columns = (
        Column("views"),
        Column("time_on_page", "seconds"),
        Column("time_in_view", "seconds"),
        Column("entries"),
        Column("exits"),
        Column("exit_rate", "rate"),
    )

    def numbers_of(row: PageRow) -> tuple[Number, ...]:
        told = in_view.get(page_code(numbers.get(row.kind, 0), row.key), InView(0, 0))
        shown = ratio(told.seconds, told.hits)
        return row.views, _time(row), shown, row.entries, row.exits, _exit_rate(row)

    return _table(asked, columns, numbers_of, brief=3)


def entries(asked: Asked) -> Table:
    columns = (Column("entries"), Column("views"), Column("time_on_page", "seconds"))
    return _table(asked, columns, lambda row: (row.entries, row.views, _time(row)))


def exits(asked: Asked) -> Table:
    columns = (Column("exits"), Column("views"), Column("exit_rate", "rate"))
    return _table(asked, columns, lambda row: (row.exits, row.views, _exit_rate(row)))


def not_found(asked: Asked) -> Table:
    """By the part of the site in which the address lay, and by what led there."""
    rows = [
        Row(asked.site.name_group(row.group), (row.hits, name_of(asked.text, "source", row.source or row.channel)))
        for row in pages_not_found(asked.store, asked.days)
    ]
    return Table((Column("hits"), Column("led_there", "words")), with_shares(rows), brief=2)


def searches(asked: Asked) -> Table:
    """Terms of at least as many browsers on a day as their floor wants; those that found nothing say so."""
    rows = [
        Row(each.term, (each.searches, "" if each.found else asked.text("found_nothing")))
        for each in terms(asked.store, asked.days)
    ]
    return Table((Column("searched"), Column("search_result", "words")), with_shares(rows), brief=2)


def _within(asked: Asked, milliseconds: int | None) -> str:
    return asked.text("beyond_times") if milliseconds is None else f"{milliseconds:,} ms"


def goals(asked: Asked) -> Table:
    """What marketers named: views of pages, and visits that came as far as a step."""
    wanted = asked.site.goals()
    if not wanted:
        return Table((Column("reached"), Column("counted_as", "words")), [])
    steps = {step.name.lower(): visits for step, visits in asked.reports.steps(asked.days, asked.first_filter).items()}
    seen = asked.reports.by_page(asked.days, asked.first_filter) if any(goal.kind for goal in wanted) else []
    rows = []
    for goal in wanted:
        if goal.step:
            number, how = steps.get(goal.step, 0), asked.text("counted_as_visits")
        else:
            number = sum(row.views for row in seen if row.kind == goal.kind and goal.key in ("", row.key))
            how = asked.text("counted_as_views")
        rows.append(Row(goal.name, (at_least(number) if asked.first_filter else number, how)))
    return Table((Column("reached"), Column("counted_as", "words")), rows, brief=2, with_shares=False)


def _table(
    asked: Asked, columns: tuple[Column, ...], numbers: Callable[[PageRow], tuple[Number, ...]], brief: int = 1
) -> Table:
    """One row for each page whose first number is not 0, the largest first. Behind a filter the floor holds."""
    found = [(row, numbers(row)) for row in asked.reports.by_page(asked.days, asked.first_filter)]
    found = sorted((each for each in found if _first(each[1])), key=lambda each: -_first(each[1]))
    if not asked.first_filter:
        rows = [Row(asked.site.name_page(row.kind, row.key), counted) for row, counted in found]
        return Table(columns, with_shares(rows), brief=brief)
    rows = [Row(asked.site.name_page(row.kind, row.key), tuple(_above_floor(row, counted))) for row, counted in found]
    rows = with_floor(rows, [is_few(_first(counted)) for _, counted in found], asked.text)
    return Table(columns, with_shares(rows), brief=brief)


def _above_floor(row: PageRow, counted: Sequence[Number]) -> Iterator[Number]:
    """Counts of a row, those below the floor hidden, and with them the rates that would tell them."""
    has_few = is_few(row.exits, row.entries)
    for number in counted:
        if isinstance(number, int):
            yield at_least(number)
        else:
            yield None if has_few else number


def _first(numbers: Sequence[Number]) -> int:
    return numbers[0] if isinstance(numbers[0], int) else 0


def _time(row: PageRow) -> float | None:
    return ratio(row.seconds, row.views - row.exits) if row.views > row.exits else None


def _exit_rate(row: PageRow) -> float | None:
    return ratio(row.exits, row.views)
