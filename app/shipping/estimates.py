"""What freight costs and when goods arrive: one pure function for the product page, the review and the order."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.foundation.money import Money
from app.shipping.provinces import Province
from app.shipping.tariff import FIRST_KG, NOMINAL_UNIT_GRAMS, rate_between

GRAMS_PER_KG = 1000


@dataclass(frozen=True)
class Freight:
    """The freight of one shipment. Days count from the day it leaves the warehouse."""

    amount: Money
    days_low: int
    days_high: int
    weight_is_known: bool
    """False where some unit's weight is not stated and counts as the nominal one."""
    destination_is_known: bool
    """False where the province could not be told and the dearest rate was taken."""


def freight_of(
    items: Iterable[tuple[int | None, int]], origin: Province | None, destination: Province | None
) -> Freight:
    """Freight of one shipment of (grams of a unit or None, units), from `origin` to `destination`."""
    goods = list(items)
    rate = rate_between(origin, destination)
    grams = sum((NOMINAL_UNIT_GRAMS if weight is None else weight) * units for weight, units in goods)
    further_kg = max(0, -(-grams // GRAMS_PER_KG) - FIRST_KG)
    return Freight(
        amount=rate.first + rate.further * further_kg,
        days_low=rate.days_low,
        days_high=rate.days_high,
        weight_is_known=all(weight is not None for weight, _units in goods),
        destination_is_known=destination is not None,
    )
