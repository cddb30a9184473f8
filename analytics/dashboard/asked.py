"""One request to the dashboard, understood: days, filters, tabs, and the addresses that change one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from analytics.dashboard.filters import Picks, picks_of
from analytics.dashboard.period import COMPARISONS, Period, period_of
from analytics.dashboard.site import Site
from analytics.extension import Analytics
from analytics.place_names import name_in
from analytics.reading import Filter, Range
from analytics.reports import LONGEST_EXACT_DAYS, Figures, Reports
from analytics.store import Store
from analytics.texts import Texts, name_of, texts_in

CHARTS = ("visitors", "visits", "views", "orders")
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see, and all that is needed to find it. `tabs` has the chosen panel of each group."""

    analytics: Analytics
    site: Site
    language: str
    text: Texts
    period: Period
    began: int | None
    """The first day on which anything was counted."""
    picks: Picks
    charts: tuple[str, ...]
    chart: str
    tabs: Mapping[str, str]
    search: str
    pairs: tuple[tuple[str, str], ...]
    """The parameters of the address that could be used, in their order: a link never carries nonsense on."""

    @property
    def reports(self) -> Reports:
        return self.analytics.reports

    @property
    def store(self) -> Store:
        return self.analytics.store

    @property
    def days(self) -> Range:
        return self.period.days

    @property
    def filters(self) -> list[Filter]:
        """Of the headline figures and the chart."""
        return [each.filter for each in self.picks.picked]

    @property
    def first_filter(self) -> list[Filter]:
        """Of every panel."""
        return self.filters[:1]

    @property
    def is_narrow(self) -> bool:
        """True where the headline figures are cut by two dimensions at once (floor.py)."""
        return len(self.picks.picked) == 2

    @property
    def is_long(self) -> bool:
        return self.days.days > LONGEST_EXACT_DAYS

    @cached_property
    def totals(self) -> Figures:
        """Of the whole period, behind the filters."""
        return self.reports.totals(self.days, self.filters)

    @property
    def compares_too_far(self) -> bool:
        """True where the comparison reaches back before anything was counted."""
        before = self.period.before
        return before is not None and self.began is not None and before.first < self.began

    @cached_property
    def left_out(self) -> dict[Any, int]:
        return dict(self.reports.left_out(self.days))

    def query(self, **changes: str | None) -> str:
        """This address with other parameters: "?period=7d"; None leaves one off. Filters keep their order.

        What belongs to one view of one list (its search, its page) is left off unless it is given.
        """
        kept = {name: value for name, value in self.pairs if name not in ("q", "page")}
        if "period" in changes or "from" in changes:
            kept = {name: value for name, value in kept.items() if name not in ("period", "from", "to")}
        wanted = {**kept, **changes}
        given = [(name, value) for name, value in wanted.items() if value]
        return f"?{urlencode(given)}" if given else "?"

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """The parameters as hidden fields of a form that sets those named."""
        return [(name, value) for name, value in self.pairs if name not in (*without, "q", "page")]

    def query_with(self, parameter: str, value: str) -> str:
        """This address with one more filter; in the place of the second where there are two already."""
        picked = [each.parameter for each in self.picks.picked]
        full = len(picked) == 2 and parameter not in picked
        changes: dict[str, str | None] = {picked[1]: None} if full else {}
        return self.query(**changes, **{parameter: value})

    def has(self, parameter: str, value: str) -> bool:
        return any((each.parameter, each.value) == (parameter, value) for each in self.picks.picked)

    def name_of(self, parameter: str, value: str) -> str:
        """What people call a value by which is filtered."""
        if parameter == "place":
            return self.place_name(value)
        if parameter == "entry":
            return self.site.name_page(value, "")
        return name_of(self.text, parameter, value)

    def place_name(self, key: str) -> str:
        """Of a country or province, by its key (place.py)."""
        return name_in(self.language, key) or name_of(self.text, "place", key)


def asked_of(
    analytics: Analytics, site: Site, arguments: MultiDict[str, str], groups: Mapping[str, Sequence[str]]
) -> Asked:
    """Understand a request's parameters; never raises. `groups` names the panels of each group."""
    began = analytics.reports.first_day()
    period = period_of(arguments, analytics.today(), began)
    picks = picks_of(arguments.items(multi=True), analytics.wiring.page_kinds)
    charts = CHARTS[: 3 if picks.picked else None]
    chart = next((name for name in charts if name == arguments.get("chart")), charts[0])
    tabs = {
        group: next((name for name in names if name == arguments.get(group)), names[0])
        for group, names in groups.items()
    }
    language = site.language()
    return Asked(
        analytics=analytics,
        site=site,
        language=language,
        text=texts_in(language),
        period=period,
        began=began,
        picks=picks,
        charts=charts,
        chart=chart,
        tabs=tabs,
        search=" ".join(arguments.get("q", "").split())[:LONGEST_SEARCH],
        pairs=(
            *((name, arguments[name]) for name in site.keeps if name in arguments),
            *_days(period, arguments),
            *([("compare", period.compare)] if period.compare != COMPARISONS[0] else []),
            *((each.parameter, each.value) for each in picks.picked),
            *([("chart", chart)] if chart != charts[0] else []),
            *((group, name) for group, name in tabs.items() if name != groups[group][0]),
        ),
    )


def _days(period: Period, arguments: Mapping[str, str]) -> list[tuple[str, str]]:
    if period.preset:
        return [("period", period.preset)] if arguments.get("period") else []
    return [] if period.errors else list(period.typed.items())
