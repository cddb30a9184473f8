"""Made-up visitors, counted by the real code: for demonstrations."""

from collections.abc import Iterable
from datetime import date

from analytics.codes import Mark, Step
from analytics.days import number_of
from analytics.promotion_simulation import simulate_promotion
from analytics.simulation import Room
from app.foundation.money import Money
from app.measurement.house import counting_house
from app.measurement.purchases import amount_band

ROOMS = (
    Room("home", begins=34, goes=8), Room("listing", begins=10, goes=22), Room("category", begins=14, goes=12),
    Room("product", begins=30, goes=40, step=Step.VIEW), Room("search", begins=6, goes=9), Room("brand", 2, 3),
    Room("compare", begins=1, goes=4), Room("help", begins=2, goes=2), Room("error", 1, 1, mark=Mark.NOT_FOUND),
    Room("cart", 0, 0, Step.CART, way_out=True), Room("checkout", 0, 0, Step.CHECKOUT, way_out=True),
    Room("placed", 0, 0, Step.PLACED, way_out=True),
)  # fmt: skip
"""The ways of made-up visitors through the shop, for `analytics simulate` and the demo data."""

DEAD_ENDS = ("404-products", "404-other", "404-pictures", "404-brands", "404-help")
"""The keys of error pages to which these ways lead."""


def simulate_visits(placed: Iterable[tuple[date, Money]], *, days: int, visits: int, seed: int) -> int:
    """Count a made-up crowd up to this moment, as demonstration; the same seed within two days counts nothing twice.

    It is seen placing no other orders than these: day and amount of each.
    """
    bands: dict[int, list[int]] = {}
    for day, amount in placed:
        bands.setdefault(number_of(day), []).append(amount_band(amount))
    return counting_house().simulate(days=days, visits=visits, seed=seed, placed=bands)


def simulate_campaign(number: int, principal: int, first: date, last: date, *, browsers: int, seed: int) -> int:
    """Count made-up browsers that meet a campaign on each day from `first` to `last`, as demonstration."""
    house, days = counting_house(), range(number_of(first), number_of(last) + 1)
    lines = simulate_promotion(
        house.journal, number, principal, days=days, until=house.today(), browsers=browsers, seed=seed
    )
    house.fold()
    return lines
