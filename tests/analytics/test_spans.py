"""The weeks of a year and the months of two: each with the visitors that a question for it alone would give."""

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import event

from analytics.codes import Cut
from analytics.dashboard.trend import spans_of
from analytics.reading import Filter, Range, TooManyFilters
from analytics.reports import Reports
from analytics.spans import figures_of_spans
from analytics.store import Store
from analytics.tally import Tally
from tests.analytics.builders import TODAY
from tests.analytics.test_reading import live

FIRST = TODAY - 129


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Iterator[Reports]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('spans')}/counts.db")
    store.create_tables()
    chance = Random(7)
    for _ in range(40):
        live(chance, store, Tally())
    yield Reports(store, {1: "front", 2: "bread"})
    store.engine.dispose()


FILTERS = [[], [Filter(Cut.DEVICE, 1, 1)], [Filter(Cut.DEVICE, 1, 2), Filter(Cut.CHANNEL, 0, 2)]]


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize("filters", FILTERS, ids=["all", "one filter", "two filters"])
@pytest.mark.parametrize("length", [1, 130, 366, 500, 760])
def test_each_span_has_its_own_exact_visitors(reports, filters, length):
    _, spans = spans_of(Range(TODAY - length + 1, TODAY))
    found = figures_of_spans(reports.store, spans, filters)
    assert found == [reports.totals(span, filters) for span in spans]
    assert sum(figures.visits for figures in found) == reports.totals(Range(spans[0].first, TODAY), filters).visits


def test_spans_need_not_be_whole_weeks_nor_touch(reports):
    spans = [Range(FIRST + 3, FIRST + 11), Range(FIRST + 40, FIRST + 40), Range(FIRST + 50, FIRST + 90)]
    assert figures_of_spans(reports.store, spans) == [reports.totals(span) for span in spans]
    assert figures_of_spans(reports.store, []) == []


def test_the_number_of_queries_does_not_grow_with_that_of_spans(reports):
    asked: list[str] = []
    event.listen(reports.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for length in (130, 366, 760):
        asked.clear()
        figures_of_spans(reports.store, spans_of(Range(TODAY - length, TODAY))[1])
        assert len(asked) <= 7


def test_more_than_two_filters_are_refused(reports):
    with pytest.raises(TooManyFilters):
        figures_of_spans(reports.store, [Range(FIRST, TODAY)], [Filter(Cut.DEVICE, 1, 1)] * 3)
