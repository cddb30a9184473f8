"""The headline figures, each with its change against the comparison. Words and numbers, no markup."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from analytics.dashboard.asked import Asked
from analytics.dashboard.floor import INSIDE_FLOOR, above_floor
from analytics.dashboard.tables import rate
from analytics.reports import Figures
from analytics.texts import Texts, duration

FOR_THE_WHOLE_SITE = ("orders", "amount")


@dataclass(frozen=True)
class Headline:
    """One figure. `change` is a text such as "+12 %"; `better` is +1, -1 or 0 where it says nothing of good or bad."""

    name: str
    value: str
    change: str
    better: int


@dataclass(frozen=True)
class Measure:
    """`of` gives the figure (None: nothing to divide by), `written` writes it, `good` is 1 where more is better."""

    name: str
    of: Callable[[Figures], float | None]
    written: Callable[[Texts, float], str] = lambda _, number: f"{number:,.0f}"
    good: int = 1


def _per_visit(count: str, figures: Figures) -> float | None:
    number: int = getattr(figures, count)
    return number / figures.visits if figures.visits else None


MEASURES = (
    Measure("visitors", lambda figures: figures.visitors),
    Measure("visits", lambda figures: figures.visits),
    Measure("views", lambda figures: figures.views),
    Measure("pages_per_visit", partial(_per_visit, "pages"), lambda _, number: f"{number:.1f}"),
    Measure("bounce_rate", partial(_per_visit, "bounces"), lambda _, number: rate(number), good=-1),
    Measure("time_per_visit", partial(_per_visit, "seconds"), lambda text, number: duration(text, round(number))),
    Measure("orders", lambda figures: figures.orders),
    Measure("amount", lambda figures: figures.amount),
)


def headlines_of(asked: Asked, now: Figures) -> list[Headline]:
    """Behind filters, without what is known for the whole site alone; behind two, nothing below the floor.

    No change where the comparison reaches back before anything was counted: it would be one with nothing.
    """
    compared = None if asked.compares_too_far else asked.period.before
    before = asked.reports.totals(compared, asked.filters) if compared else None
    return headlines(
        asked.text, now, before, asked.site.money, filtered=bool(asked.filters), narrow=asked.is_narrow
    )  # fmt: skip


def headlines(
    text: Texts,
    now: Figures,
    before: Figures | None,
    money: Callable[[int], str],
    *,
    filtered: bool = False,
    narrow: bool = False,
) -> list[Headline]:
    """Each figure of the period, beside that of the comparison where there is one."""
    shown = [each for each in MEASURES if not filtered or each.name not in FOR_THE_WHOLE_SITE]
    if narrow and above_floor(now) is None:
        return [Headline(each.name, text("fewer_than", floor=INSIDE_FLOOR), "", 0) for each in shown]
    if narrow and before and above_floor(before) is None:
        before = None
    return [_headline(text, each, now, before, money) for each in shown]


def _headline(
    text: Texts, measure: Measure, now: Figures, before: Figures | None, money: Callable[[int], str]
) -> Headline:
    number = measure.of(now)
    value = "-" if number is None else measure.written(text, number)
    if measure.name == "amount":
        value = money(now.amount)
    if before is None:
        return Headline(measure.name, value, "", 0)
    change, better = _change(text, number or 0.0, measure.of(before) or 0.0)
    return Headline(measure.name, value, change, better * measure.good)


def _change(text: Texts, now: float, before: float) -> tuple[str, int]:
    if not before:
        return text("nothing_before") if now else text("no_change"), 0
    change = (now - before) / before
    if round(change * 100) == 0:
        return text("no_change"), 0
    return f"{change:+,.0%}".replace("%", " %"), 1 if change > 0 else -1
