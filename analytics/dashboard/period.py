"""Which days a dashboard request asks for: a preset, or two free dates; and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analytics.days import date_of, number_of
from analytics.fold import KEPT_DAYS
from analytics.reading import Range

PRESETS = ("today", "yesterday", "7d", "28d", "month", "last-month", "12m")
DEFAULT = "28d"


@dataclass(frozen=True)
class Period:
    """The days to show; what was typed, as it was typed; a text's name for each field that is wrong."""

    days: Range
    preset: str
    """"" for free dates."""
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def period_of(arguments: Mapping[str, str], today: int) -> Period:
    """Never raises: with wrong dates it is the usual period, together with the errors to show at their fields."""
    preset = arguments.get("period", "")
    typed = {name: arguments.get(name, "").strip()[:40] for name in ("from", "to")}
    if preset not in PRESETS and any(typed.values()):
        return _free(typed, today)
    chosen = preset if preset in PRESETS else DEFAULT
    days = preset_days(chosen, today)
    return Period(days, chosen, {"from": _iso(days.first), "to": _iso(days.last)})


def preset_days(name: str, today: int) -> Range:
    month = number_of(date_of(today).replace(day=1))
    return {
        "today": Range(today, today),
        "yesterday": Range(today - 1, today - 1),
        "7d": Range(today - 6, today),
        "28d": Range(today - 27, today),
        "month": Range(month, today),
        "last-month": Range(number_of(date_of(month - 1).replace(day=1)), month - 1),
        "12m": Range(today - 364, today),
    }[name]


def _free(typed: Mapping[str, str], today: int) -> Period:
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
        return Period(preset_days(DEFAULT, today), "", typed, errors)
    return Period(Range(days["from"], days["to"]), "", typed)


def _iso(day: int) -> str:
    return date_of(day).isoformat()
