"""What a promotion did: sums by campaign, and the lift of being shown it over having it withheld. Clause 2.6.

Reach, clicks and purchases are exact. The lift compares the two arms of the trial, and is a guess with an interval:
Newcombe's for the difference of two independent proportions ("Interval estimation for the difference between
independent proportions", Statistics in Medicine 17, 1998, method 10), made of Wilson's score intervals (1927).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

from sqlalchemy import func, select

from analytics.codes import Cut
from analytics.promotion import OF_NO_CAMPAIGN, SAW_IT, Arm, Lag, Measure
from analytics.store import Store, figures, promotions

Z_95 = 1.959963984540054
FEWEST_IN_AN_ARM = 30
"""With fewer browsers in an arm no lift is spoken of."""


class Interval(NamedTuple):
    low: float
    high: float


class Lift(NamedTuple):
    """Shares of the reached browsers that bought, and their difference with its 95 % interval, all from 0 to 1."""

    shown: float
    withheld: float
    interval: Interval

    @property
    def difference(self) -> float:
        return self.shown - self.withheld

    @property
    def is_known(self) -> bool:
        """Whether the interval leaves out "no effect"."""
        return self.interval.low > 0 or self.interval.high < 0


@dataclass
class Effect:
    """Sums of one campaign. `sums` by arm and measure; lags and bands of those who saw it and bought."""

    sums: Counter[tuple[int, int]] = field(default_factory=Counter)
    lags: Counter[int] = field(default_factory=Counter)
    bands: Counter[int] = field(default_factory=Counter)
    days: dict[int, Counter[int]] = field(default_factory=dict)
    """By day and measure, of those who saw it."""

    def seen(self, measure: Measure) -> int:
        """Of all who saw it, in the trial or not."""
        return sum(self.sums[arm, measure] for arm in SAW_IT)

    @property
    def reached(self) -> int:
        return self.seen(Measure.REACHED)

    @property
    def repeated(self) -> int:
        return self.seen(Measure.REPEATED)

    @property
    def showings(self) -> int:
        return self.seen(Measure.SHOWN)

    @property
    def clicked(self) -> int:
        return self.seen(Measure.CLICKED)

    @property
    def bought(self) -> int:
        return self.seen(Measure.BOUGHT)

    @property
    def trial(self) -> list[tuple[str, int, int]]:
        """The two arms: name, browsers reached, those of them that bought."""
        return [
            (arm.name.lower(), self.sums[arm, Measure.REACHED], self.sums[arm, Measure.BOUGHT])
            for arm in (Arm.SHOWN, Arm.WITHHELD)
        ]

    @property
    def by_lag(self) -> list[tuple[str, int]]:
        """Buyers by the days since they last saw it, shortest first."""
        return [(lag.name.lower(), self.lags[lag]) for lag in Lag if lag]

    @property
    def reached_by_day(self) -> list[tuple[int, int]]:
        """Day numbers from the first day with anything to the last, each with the browsers first reached on it."""
        days = range(min(self.days, default=1), max(self.days, default=0) + 1)
        return [(day, self.days.get(day, Counter())[Measure.REACHED]) for day in days]

    @property
    def lift(self) -> Lift | None:
        """None while one of the arms is too small to compare."""
        (_, reached, bought), (_, held_back, bought_anyway) = self.trial
        if min(reached, held_back) < FEWEST_IN_AN_ARM:
            return None
        return lift_of(min(bought, reached), reached, min(bought_anyway, held_back), held_back)


def effect_of(store: Store, campaign: int) -> Effect:
    """The whole life of one campaign. Everything is summed; nothing is cut so small that one person could be seen."""
    cell = [promotions.c[name] for name in ("day", "arm", "measure", "lag", "band")]
    mine = promotions.c.campaign == campaign
    query = select(*cell, func.sum(promotions.c.happened).label("total")).where(mine).group_by(*cell)
    effect = Effect()
    with store.reading() as connection:
        for row in connection.execute(query):
            number = int(row.total)
            effect.sums[row.arm, row.measure] += number
            if row.arm in SAW_IT:
                effect.days.setdefault(row.day, Counter())[row.measure] += number
                if row.measure == Measure.BOUGHT:
                    effect.lags[row.lag] += number
                    effect.bands[row.band] += number
    return effect


def lift_of(bought: int, reached: int, bought_anyway: int, held_back: int) -> Lift:
    """The lift of `bought` out of `reached` over `bought_anyway` out of `held_back`; both totals above 0."""
    shown, withheld = bought / reached, bought_anyway / held_back
    a, b = wilson(bought, reached), wilson(bought_anyway, held_back)
    below = _length(shown - a.low, b.high - withheld)
    above = _length(a.high - shown, withheld - b.low)
    return Lift(shown, withheld, Interval(shown - withheld - below, shown - withheld + above))


def wilson(successes: int, tries: int) -> Interval:
    """Wilson's 95 % score interval of a proportion."""
    share, square = successes / tries, Z_95 * Z_95
    middle = share + square / (2 * tries)
    reach = Z_95 * sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    return Interval(
        max(0.0, (middle - reach) / (1 + square / tries)), min(1.0, (middle + reach) / (1 + square / tries))
    )


def _length(*sides: float) -> float:
    return sqrt(sum(side * side for side in sides))


def reached_by_campaign(store: Store, campaigns: Iterable[int]) -> dict[int, int]:
    """How many browsers saw each campaign, for a list of them."""
    wanted = list(campaigns)
    query = (
        select(promotions.c.campaign, func.sum(promotions.c.happened))
        .where(promotions.c.campaign.in_(wanted), promotions.c.measure == Measure.REACHED)
        .where(promotions.c.arm.in_([int(arm) for arm in SAW_IT]))
        .group_by(promotions.c.campaign)
    )
    with store.reading() as connection:
        return dict.fromkeys(wanted, 0) | {number: int(times) for number, times in connection.execute(query)}


class Allowed(NamedTuple):
    """Visits on whose first page promotion counting was allowed, out of all that were counted."""

    visits: int
    out_of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where there was no visit."""
        return min(1.0, self.visits / self.out_of) if self.out_of else None


def allowed_between(store: Store, first: int, last: int) -> Allowed:
    """How many visits the figures of promotions speak for, from one day to another, both included."""
    allowed = select(func.sum(promotions.c.happened)).where(
        promotions.c.campaign == OF_NO_CAMPAIGN,
        promotions.c.measure == Measure.ALLOWED,
        promotions.c.day.between(first, last),
    )
    visits = select(func.sum(figures.c.visits)).where(figures.c.cut == int(Cut.ALL), figures.c.day.between(first, last))
    with store.reading() as connection:
        return Allowed(int(connection.scalar(allowed) or 0), int(connection.scalar(visits) or 0))
