"""What pages tell of advertisements, and what their marketers and principals read of them. Clauses 2.6, 4.1.3(3)."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import g

from analytics.days import date_of, number_of
from analytics.effect import Allowed, Effect, allowed_between, effect_of
from analytics.effect import reached_by_campaign as reached_in
from analytics.open_weeks import OpenWeek, open_weeks
from analytics.promotion import Act, Banner
from analytics.release import Week, released_weeks
from app.measurement.house import counting_house
from app.measurement.looking_up import name_of_place
from app.measurement.purchases import NUMBER_OF_BANDS


def tell_campaign(act: str, campaign: int, principal: int) -> None:
    """What the page being made does with a campaign: `shown`, `shown_in_trial`, `withheld` or `clicked`. Clause 2.6."""
    g.setdefault("campaigns_told", []).append(Banner(Act[act.upper()], campaign, principal))


def effect_of_campaign(number: int) -> Effect:
    return effect_of(counting_house().store, number)


def visits_that_allowed(first: date, last: date) -> Allowed:
    """How many visits allowed promotion counting, so how many the figures of promotions speak for."""
    return allowed_between(counting_house().store, number_of(first), number_of(last))


def reached_by_campaign(numbers: Sequence[int]) -> Mapping[int, int]:
    """How many browsers saw each of these campaigns."""
    return reached_in(counting_house().store, numbers)


def released_weeks_of(number: int, first: date, last: date) -> list[tuple[date, Week]]:
    """The closed weeks of a campaign that ran from `first` to `last`, newest first, each with its Monday. 4.1.3(3)."""
    house = counting_house()
    weeks = released_weeks(house.store, number, number_of(first), number_of(last), house.today(), NUMBER_OF_BANDS)
    return [(date_of(week.begins), week) for week in weeks]


def released_visits() -> list[tuple[date, OpenWeek]]:
    """The closed weeks of all visits that everybody may read, newest first, each with its Monday."""
    house = counting_house()
    return [(date_of(week.begins), week) for week in open_weeks(house.store, house.today())]


def name_of_country(key: str) -> str:
    """Of a country by its two letters, in the reader's language."""
    return name_of_place(key) or key
