"""Ranges of days, filters and month sums: what is read is what was tallied, to the last visitor."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import FILTERS, PAIRS, SINGLE_CUTS, Channel, Cut, cut_of_pair, page_code, source_code
from analytics.days import date_of, first_day_of_month, month_of, number_of
from analytics.reading import Filter, Range, TooManyFilters, cells_of
from analytics.reports import Figures, Reports
from analytics.store import Store, add_tally
from analytics.tally import Tally
from analytics.visit import Classes, advance, unseen
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, at

SPAN = 130
FIRST = TODAY - SPAN + 1
SOURCES = [source_code(Channel.DIRECT), source_code(Channel.SEARCH, "baidu"), source_code(Channel.SEARCH, "bing")]
days_of_two_years = st.integers(TODAY - 760, TODAY)


@given(days_of_two_years, days_of_two_years)
def test_a_range_is_cut_into_single_days_and_whole_months_that_make_it_up(one, other):
    days = Range(min(one, other), max(one, other))
    ends, months = days.pieces()
    found = [day for piece in ends for day in range(piece.first, piece.last + 1)]
    for month in range(months.first, months.last + 1) if months else ():
        found += range(first_day_of_month(month), first_day_of_month(month + 1))
    assert sorted(found) == list(range(days.first, days.last + 1))
    assert sum(piece.days for piece in ends) <= 60


@given(days_of_two_years)
def test_a_month_begins_on_its_first_day(day):
    start = first_day_of_month(month_of(day))
    assert date_of(start) == date_of(day).replace(day=1) and number_of(date_of(day)) == day


@dataclass(frozen=True)
class Lived:
    """A store, and the cells that were told to it."""

    reports: Reports
    figures: dict
    gaps: dict

    def truth(self, days: Range, cut: int, wanted=lambda a, b: True) -> Figures:
        """Of the told cells of a cut, day by day: those whose (a, b) is `wanted`."""
        found = [0] * 5
        for (day, of, a, b), numbers in self.figures.items():
            if of == cut and days.first <= day <= days.last and wanted(a, b):
                found = [x + y for x, y in zip(found, numbers, strict=True)]
        views, pages, visits, bounces, seconds = found
        visitors = sum(
            number
            for (day, of, a, b, gap), number in self.gaps.items()
            if of == cut and days.first <= day <= days.last and gap > day - days.first and wanted(a, b)
        )
        return Figures(views, visits, visitors, bounces, seconds, pages)


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Iterator[Lived]:
    """Forty browsers over 130 days, told to the store in batches."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('lived')}/counts.db")
    store.create_tables()
    chance, tally = Random(4), Tally()
    for _ in range(40):
        live(chance, store, tally)
    yield Lived(Reports(store, {1: "front", 2: "bread"}), tally.figures, tally.visitor_gaps)
    store.engine.dispose()


def live(chance: Random, store: Store, tally: Tally) -> None:
    """One browser's whole history."""
    seconds, state, batch = NOON - (SPAN - 1) * DAY + chance.randrange(40 * DAY), None, Tally()
    while seconds < NOON:
        classes = {name: chance.randrange(3) for name in Classes._fields[:6]}
        key = chance.choice(["", "rye", "spelt"])
        told = {"source": chance.choice(SOURCES), "step": chance.randrange(5), "member": chance.randrange(2)}
        hit = a_hit(page=page_code(chance.randint(1, 2), key), **told, **classes)
        state, moved = advance(state or unseen(at(seconds), hit.fresh), hit, at(seconds))
        for each in (tally, batch):
            each.book(moved)
            each.name_page(moved.page, key)
        seconds += chance.choice([30, 400, 3000, DAY, chance.randrange(30 * DAY)])
    with store.writing() as connection:
        add_tally(connection, batch)


def some_ranges(number: int) -> list[Range]:
    chance = Random(9)
    pairs = [sorted((chance.randrange(FIRST, TODAY + 1), chance.randrange(FIRST, TODAY + 1))) for _ in range(number)]
    return [Range(FIRST, TODAY), *(Range(*pair) for pair in pairs)]


@pytest.mark.clause("3.2(1)a")
def test_totals_of_any_range_are_the_sums_of_its_days(lived):
    for days in some_ranges(60):
        assert lived.reports.totals(days) == lived.truth(days, Cut.ALL)


@pytest.mark.clause("3.2(1)a")
def test_totals_behind_one_filter_and_behind_two_are_exact(lived):
    reports = lived.reports
    for days in some_ranges(8):
        for cut in FILTERS:
            one = Filter(cut, 1, 2)
            assert reports.totals(days, [one]) == lived.truth(days, cut, lambda a, b: 1 <= a <= 2)
        for x, y in ((x, y) for x, y in PAIRS if y in FILTERS):
            found = reports.totals(days, [Filter(y, 1, 1), Filter(x, 0, 1)])
            assert found == lived.truth(days, cut_of_pair(x, y), lambda a, b: a <= 1 and b == 1)


def test_days_behind_filters_add_up_to_the_totals(lived):
    reports = lived.reports
    for filters in ([], [Filter(Cut.DEVICE, 1, 1)], [Filter(Cut.DEVICE, 1, 1), Filter(Cut.LANGUAGE, 2, 2)]):
        days, totals = Range(FIRST, TODAY), reports.totals(Range(FIRST, TODAY), filters)
        by_day = reports.by_day(days, filters).values()
        assert sum(row.views for row in by_day) == totals.views
        assert sum(row.visits for row in by_day) == totals.visits
        assert len(by_day) == SPAN


@pytest.mark.clause("3.2(1)b")
def test_each_dimension_behind_each_filter_adds_up_to_the_filtered_whole(lived):
    reports = lived.reports
    days = Range(FIRST + 3, TODAY - 2)
    for one in (Filter(cut, 1, 1) for cut in FILTERS):
        whole = reports.totals(days, [one])
        for cut in SINGLE_CUTS:
            rows = reports.by(cut, days, [one]).values()
            assert sum(row.visits for row in rows) == whole.visits, (one.cut, cut)
            assert sum(row.visitors for row in rows) == whole.visitors, (one.cut, cut)


def test_pages_and_funnel_behind_a_filter_are_parts_of_the_whole(lived):
    reports = lived.reports
    days = Range(FIRST, TODAY)
    parts = [reports.by_page(days, [Filter(Cut.DEVICE, value, value)]) for value in range(3)]
    whole = {row.value: row[2:] for row in reports.by_page(days)}
    for value in whole:
        rows = [row[2:] for part in parts for row in part if row.value == value]
        assert tuple(map(sum, zip(*rows, strict=True))) == whole[value]
    steps = [reports.steps(days, [Filter(Cut.MEMBER, value, value)]) for value in range(2)]
    assert {step: sum(part[step] for part in steps) for step in steps[0]} == reports.steps(days)


def test_a_channel_filters_its_own_sources(lived):
    reports = lived.reports
    found = reports.by(Cut.SOURCE, Range(FIRST, TODAY), [Filter(Cut.CHANNEL, Channel.SEARCH, Channel.SEARCH)])
    assert set(found) == {"baidu", "bing"}


def test_more_filters_than_are_counted_are_refused(lived):
    reports = lived.reports
    two = [Filter(Cut.DEVICE, 1, 1), Filter(Cut.LANGUAGE, 1, 1)]
    for ask in (reports.by_page, reports.steps, lambda days, filters: reports.by(Cut.CHANNEL, days, filters)):
        with pytest.raises(TooManyFilters):
            ask(Range(FIRST, TODAY), two)
    with pytest.raises(TooManyFilters):
        cells_of(Cut.ALL, [*two, Filter(Cut.MEMBER, 1, 1)])
