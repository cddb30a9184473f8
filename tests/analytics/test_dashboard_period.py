"""Presets, comparisons, and how a period is cut for the chart."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.dashboard.period import PRESETS, a_year_before, period_of, preset_days
from analytics.dashboard.trend import MOST_DAYS, MOST_WEEK_DAYS, spans_of
from analytics.days import date_of, first_day_of_month, number_of, week_of
from analytics.fold import KEPT_DAYS
from analytics.reading import Range
from analytics.texts import texts_in
from tests.analytics.browsing import Surfer
from tests.analytics.builders import TODAY
from tests.analytics.dashboards import page

some_day = st.integers(TODAY - KEPT_DAYS, TODAY)
some_range = st.tuples(some_day, some_day).map(lambda pair: Range(min(pair), max(pair)))


def test_presets_are_the_days_they_name():
    march = preset_days("last-month", 20_912)
    assert [date_of(day).isoformat() for day in (20_912, *march)] == ["2027-04-04", "2027-03-01", "2027-03-31"]
    assert preset_days("7d", TODAY).days == 7 and preset_days("today", TODAY).days == 1
    assert (
        preset_days("90d", TODAY).days == 90 and date_of(preset_days("year", TODAY).first).isoformat() == "2026-01-01"
    )
    assert all(period_of({"period": name}, TODAY).preset == name for name in PRESETS)


def test_everything_begins_with_the_first_day_counted_and_no_earlier_than_figures_are_kept():
    assert preset_days("all", TODAY, TODAY - 40) == Range(TODAY - 40, TODAY)
    assert preset_days("all", TODAY, TODAY - 9_000) == Range(TODAY - KEPT_DAYS, TODAY)
    assert preset_days("all", TODAY, None) == preset_days("all", TODAY, TODAY + 1) == Range(TODAY, TODAY)


def test_the_comparison_is_the_days_before_the_same_dates_a_year_before_or_none():
    assert period_of({}, TODAY).before == Range(TODAY - 55, TODAY - 28)
    leap = Range(number_of(date_of(0).replace(2028, 2, 29)), number_of(date_of(0).replace(2028, 3, 1)))
    assert [date_of(day).isoformat() for day in a_year_before(leap)] == ["2027-02-28", "2027-03-01"]
    assert period_of({"compare": "none"}, TODAY).before is None
    assert period_of({"compare": "nonsense"}, TODAY).compare == "previous"


@given(some_range)
def test_the_same_dates_a_year_before_are_at_most_a_day_more_or_less(days):
    before = a_year_before(days)
    assert abs(before.days - days.days) <= 1
    assert timedelta(days.first - before.first) in (timedelta(365), timedelta(366))


@given(some_range)
def test_a_period_is_cut_into_days_weeks_or_months_that_make_it_up(days):
    unit, spans = spans_of(days)
    assert spans[0].first == days.first and spans[-1].last == days.last
    assert all(one.last + 1 == two.first for one, two in zip(spans, spans[1:], strict=False))
    assert len(spans) <= MOST_DAYS
    assert unit == ("day" if days.days <= MOST_DAYS else "week" if days.days <= MOST_WEEK_DAYS else "month")


@pytest.mark.parametrize(("length", "unit"), [(300, "week"), (500, "month")])
def test_weeks_begin_on_monday_and_months_on_their_first_day(length: int, unit: str):
    found, spans = spans_of(Range(TODAY - length, TODAY))
    assert found == unit
    for span in spans[1:]:
        begins = week_of(span.first) != week_of(span.first - 1) if unit == "week" else False
        assert begins or span.first == first_day_of_month(
            (date_of(span.first).year - 1970) * 12 + date_of(span.first).month - 1
        )


def test_a_comparison_that_reaches_before_the_first_counted_day_says_so(site, moment):
    Surfer(site[0]).opens("/")
    told = texts_in("en")("compares_too_far", day=date_of(TODAY).isoformat())
    assert told in page(site, "lang=en&period=today")
    moment.seconds += 3 * 86_400
    assert told not in page(site, "lang=en&period=today")
    assert told not in page(site, "lang=en&period=28d&compare=none")
