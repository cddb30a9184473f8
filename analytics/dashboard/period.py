"""Which days a request asks for, and with which it compares them: presets, free dates, what is wrong there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from analytics.days import date_of, number_of
from analytics.fold import KEPT_DAYS
from analytics.reading import Range

PRESETS = ("today", "yesterday", "7d", "28d", "90d", "month", "last-month", "year", "12m", "all")
DEFAULT = "28d"
Comparison = Literal["previous", "year", "none"]
COMPARISONS: tuple[Comparison, ...] = ("previous", "year", "none")


@dataclass(frozen=True)
class Period:
    """The days to show; what was typed, as it was typed; a text's name for each field that is wrong."""

    days: Range
    preset: str
    """"" for free dates."""
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    compare: Comparison = "previous"

    @property
    def before(self) -> Range | None:
        """The days of the comparison: as many that end the day before, or those of the same dates a year earlier."""
        if self.compare == "none":
            return None
        return self.days.before() if self.compare == "previous" else a_year_before(self.days)


def period_of(arguments: Mapping[str, str], today: int, first_day: int | None = None) -> Period:
    """Never raises: with wrong dates it is the usual period, together with the errors to show at their fields.

    `first_day` is the first day on which anything was counted.
    """
    asked = arguments.get("compare", "")
    compare = next((each for each in COMPARISONS if each == asked), COMPARISONS[0])
    preset = arguments.get("period", "")
    typed = {name: arguments.get(name, "").strip()[:40] for name in ("from", "to")}
    if preset not in PRESETS and any(typed.values()):
        return _free(typed, today, compare)
    chosen = preset if preset in PRESETS else DEFAULT
    days = preset_days(chosen, today, first_day)
    return Period(days, chosen, {"from": _iso(days.first), "to": _iso(days.last)}, compare=compare)


def preset_days(name: str, today: int, first_day: int | None = None) -> Range:
    month = number_of(date_of(today).replace(day=1))
    return {
        "today": Range(today, today),
        "yesterday": Range(today - 1, today - 1),
        "7d": Range(today - 6, today),
        "28d": Range(today - 27, today),
        "90d": Range(today - 89, today),
        "month": Range(month, today),
        "last-month": Range(number_of(date_of(month - 1).replace(day=1)), month - 1),
        "year": Range(number_of(date_of(today).replace(month=1, day=1)), today),
        "12m": Range(today - 364, today),
        "all": Range(min(today, max(today - KEPT_DAYS, today if first_day is None else first_day)), today),
    }[name]


def a_year_before(days: Range) -> Range:
    """The same dates; 28 February for 29 February."""
    return Range(_a_year_before(days.first), _a_year_before(days.last))


def _a_year_before(day: int) -> int:
    on = date_of(day)
    leaps = (on.month, on.day) == (2, 29)
    return number_of(on.replace(year=on.year - 1, day=28 if leaps else on.day))


def _free(typed: Mapping[str, str], today: int, compare: Comparison) -> Period:
    errors: dict[str, str] = {}
    days: dict[str, int] = {}
    for name, value in typed.items():
        try:
            days[name] = number_of(date.fromisoformat(value))
        except ValueError:
            errors[name] = "not_a_day"
            continue
        if days[name] > today:
            errors[name] = "in_future"
        elif days[name] < today - KEPT_DAYS:
            errors[name] = "too_early"
    if not errors and days["to"] < days["from"]:
        errors["to"] = "to_before_from"
    if errors:
        return Period(preset_days(DEFAULT, today), "", typed, errors, compare)
    return Period(Range(days["from"], days["to"]), "", typed, compare=compare)


def _iso(day: int) -> str:
    return date_of(day).isoformat()
