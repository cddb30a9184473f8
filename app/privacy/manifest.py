"""The figures of one policy version: deadlines, keeping times, limits, purposes, kinds of data, recipients, rights.

Everything that binds us by a number is read from here. Calendar months and years are counted by the calendar, not as
days.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

_PERIOD = re.compile(r"(\d+) (minute|hour|day|month|year)s?")


class UnknownPromise(KeyError):
    """A deadline, limit or keeping time was asked for that the manifest does not hold."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the policy says it, such as "48 hours" or "13 months"."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Period":
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a period")
        return cls(int(match[1]), match[2])

    def is_longer_than(self, other: "Period") -> bool:
        """Whether it ends later for any day on which both may begin: months differ in length."""
        return any(self.after(begin) > other.after(begin) for begin in _BEGINNINGS)

    @property
    def is_of_the_calendar(self) -> bool:
        return self.unit in ("month", "year")

    def as_timedelta(self) -> timedelta:
        """Raises ValueError for months and years, whose length depends on where they begin."""
        if self.is_of_the_calendar:
            raise ValueError(f"{self} has no fixed length")
        return timedelta(**{f"{self.unit}s": self.amount})

    def after(self, moment: datetime) -> datetime:
        """The moment when the period that began at `moment` is over."""
        if not self.is_of_the_calendar:
            return moment + self.as_timedelta()
        return _months_on(moment, self.amount * (12 if self.unit == "year" else 1))

    def before(self, moment: datetime) -> datetime:
        """What began earlier than this is over at `moment`."""
        if not self.is_of_the_calendar:
            return moment - self.as_timedelta()
        return _months_on(moment, -self.amount * (12 if self.unit == "year" else 1))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


ANCHOR = datetime(2027, 1, 1)
"""A day to count from where any will do."""
_BEGINNINGS = tuple(datetime(2027 + month // 12, month % 12 + 1, day) for month in range(24) for day in (1, 28))


def _months_on(moment: datetime, months: int) -> datetime:
    """The same day so many months on; the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Manifest:
    """The data of one version. Mappings are keyed as in `manifest.toml`, which explains each; a document that is no
    policy leaves most of them empty.
    """

    version: str
    reason: str
    published: date
    effective: date
    deadlines: Mapping[str, Period]
    limits: Mapping[str, int]
    retention: Mapping[str, Period | None]
    purposes: Mapping[str, str]
    kinds: Mapping[str, str]
    recipients: Mapping[str, str]
    rights: Mapping[str, str]
    links: Mapping[str, str]
    fields: Mapping[str, tuple[str, ...]]
    """By table the personal fields of the register that the version covers; empty where it lists none."""
    codes: Mapping[str, tuple[str, ...]]
    """By type of recipient the codes under which the gate knows them, `*` standing for any ending."""
    not_offered: frozenset[str]
    """The clauses that permit what the shop does not do yet."""
    stated: Mapping[str, tuple[str, ...]]
    """By clause: every period and count that its text states, such as "48 hours" or "5"."""
    stated_of_keeping: Mapping[str, tuple[str, ...]]
    """By keeping time: every period that its row of Annex 1 states."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Manifest":
        retention = data.get("retention", {})
        return cls(
            version=data["version"],
            reason=data["reason"],
            published=data["published"],
            effective=data["effective"],
            deadlines={name: Period.parse(line["time"]) for name, line in data.get("deadlines", {}).items()},
            limits={name: line["count"] for name, line in data.get("limits", {}).items()},
            retention={name: _keep(line) for name, line in retention.items()},
            purposes=data.get("purposes", {}),
            kinds=data.get("kinds", {}),
            recipients=data.get("recipients", {}),
            rights=data.get("rights", {}),
            links=data.get("links", {}),
            fields={table: tuple(names) for table, names in data.get("fields", {}).items()},
            codes={kind: tuple(codes) for kind, codes in data.get("codes", {}).items()},
            not_offered=frozenset(data.get("not_offered", {}).get("clauses", ())),
            stated=_stated(data),
            stated_of_keeping={
                name: tuple(sorted([*line.get("also", ()), *([line["keep"]] if "keep" in line else ())]))
                for name, line in retention.items()
            },
        )

    def type_of(self, code: str) -> str | None:
        """The type of recipient that a code belongs to; None for one that the version does not name."""
        return next((kind for kind, codes in self.codes.items() for each in codes if fnmatchcase(code, each)), None)

    def deadline(self, name: str) -> timedelta:
        """A binding time of fixed length, such as `closure.decision`. Raises UnknownPromise."""
        return self.period(name).as_timedelta()

    def period(self, name: str) -> Period:
        """A binding time, calendar months included."""
        if name not in self.deadlines:
            raise UnknownPromise(name)
        return self.deadlines[name]

    def limit(self, name: str) -> int:
        if name not in self.limits:
            raise UnknownPromise(name)
        return self.limits[name]

    def keep(self, name: str) -> Period | None:
        """How long a kind of data is kept after the end named in Annex 1; None where only that end counts."""
        if name not in self.retention:
            raise UnknownPromise(name)
        return self.retention[name]


def _keep(line: Mapping[str, Any]) -> Period | None:
    return Period.parse(line["keep"]) if "keep" in line else None


def _stated(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    stated: dict[str, list[str]] = {}
    lines = [line for table in ("deadlines", "limits", "retention") for line in data.get(table, {}).values()]
    for line in lines:
        for clause in line["clauses"]:
            stated.setdefault(clause, []).append(str(line.get("time") or line.get("keep") or line["count"]))
    return {clause: tuple(sorted(figures)) for clause, figures in stated.items()}
