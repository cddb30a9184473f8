"""The chart's figures: day by day, and for long periods week by week or month by month, beside those before."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.dashboard.asked import Asked
from analytics.dashboard.floor import above_floor
from analytics.days import first_day_of_month, first_day_of_week, month_of, week_of
from analytics.reading import Filter, Range
from analytics.reports import Figures, iso
from analytics.spans import figures_of_spans

MOST_DAYS = 120
MOST_WEEK_DAYS = 366


@dataclass(frozen=True)
class Trend:
    """`unit` is "day", "week" or "month"; a span at either end may be cut off by the period. Figures are None where
    the floor hides them."""

    unit: str
    spans: list[Range]
    figures: list[Figures | None]
    before: list[Figures | None]
    """As many as there are spans; the comparison's first one stands under the first span."""

    def label(self, span: Range) -> str:
        """A day, the first day of a week, or a month."""
        return iso(span.first)[:7] if self.unit == "month" else iso(span.first)

    def values(self, name: str) -> list[int]:
        return _values(self.figures, name)

    def values_before(self, name: str) -> list[int]:
        return _values(self.before, name)

    def place_of(self, day: int) -> int:
        """The number of the span in which a day lies."""
        return next(place for place, span in enumerate(self.spans) if span.first <= day <= span.last)


def trend_of(asked: Asked) -> Trend:
    """Exact visitors of each span, in a number of queries that does not grow with their number."""
    unit, spans = spans_of(asked.days)
    before = asked.period.before
    past = _spans_before(unit, spans, before) if before else []
    return Trend(unit, spans, _figures(asked, unit, spans), _figures(asked, unit, past)[: len(spans)])


def spans_of(days: Range) -> tuple[str, list[Range]]:
    """How a range is cut for the chart."""
    if days.days <= MOST_DAYS:
        return "day", [Range(day, day) for day in range(days.first, days.last + 1)]
    if days.days <= MOST_WEEK_DAYS:
        weeks = range(week_of(days.first), week_of(days.last) + 1)
        return "week", [_within(days, first_day_of_week(week), first_day_of_week(week + 1) - 1) for week in weeks]
    return "month", _months(days)


def _months(days: Range) -> list[Range]:
    months = range(month_of(days.first), month_of(days.last) + 1)
    return [_within(days, first_day_of_month(month), first_day_of_month(month + 1) - 1) for month in months]


def _within(days: Range, first: int, last: int) -> Range:
    return Range(max(days.first, first), min(days.last, last))


def _spans_before(unit: str, spans: Sequence[Range], before: Range) -> list[Range]:
    """Months of the comparison are months; days and weeks lie as far apart as those they are compared with."""
    if unit == "month":
        return _months(before)
    back = spans[0].first - before.first
    return [Range(span.first - back, span.last - back) for span in spans]


def _figures(asked: Asked, unit: str, spans: Sequence[Range]) -> list[Figures | None]:
    if not spans:
        return []
    filters: list[Filter] = asked.filters
    if unit == "day":
        found = list(asked.reports.by_day(Range(spans[0].first, spans[-1].last), filters).values())
    else:
        found = figures_of_spans(asked.store, spans, filters)
    return [above_floor(each) for each in found] if asked.is_narrow else list(found)


def _values(figures: Sequence[Figures | None], name: str) -> list[int]:
    return [getattr(each, name) if each else 0 for each in figures]
