"""What the worker does for the counting house, and the sums of days that the shop counts itself and tells it."""

from collections.abc import Iterable, Mapping
from datetime import date

from analytics.codes import ProductMeasure, ShopMeasure
from analytics.terms import FLOOR, Searched
from app.foundation.jobs import every
from app.foundation.money import Money
from app.measurement.house import counting_house
from app.measurement.purchases import NUMBER_OF_BANDS

TERM_FLOOR = FLOOR
"""Fewest browsers that must search for a term on a day before the shop tells of it."""


def tell_day_total(day: date, measure: str, orders: int, amount: Money) -> None:
    """What the shop itself counted on a day ("placed", "paid", "cancelled", "refunded"). The last word stands."""
    counting_house().tell_day_total(day, ShopMeasure[measure.upper()], orders, amount.fen)


def tell_products(day: date, measure: str, counted: Mapping[str, int]) -> None:
    """What the shop counted of its products on a day ("placed", "price_changed"), by slug; the last word stands."""
    counting_house().tell_products(day, "product", ProductMeasure[measure.upper()], counted)


def tell_terms(day: date, searched: Iterable[Searched]) -> None:
    """The search terms of a day that is over; none below TERM_FLOOR is taken. Safe to repeat."""
    counting_house().tell_terms(day, searched)


@every(seconds=1, name="analytics.fold")
def fold() -> None:
    """Journal to counters; the worker's duty."""
    counting_house().fold()


@every(seconds=300, name="analytics.release")
def release() -> None:
    """Closed weeks become readable: for everybody, and of campaigns for their principals; the worker's duty."""
    counting_house().release(NUMBER_OF_BANDS)
