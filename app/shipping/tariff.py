"""The freight tariff: what a shipment of so many kilograms costs from province to province. VAT included.

The operator's own price list; change the figures here. Clause 1.1.3c: the amount shown is the amount charged.
"""

from dataclasses import dataclass

from app.foundation.money import Money
from app.shipping.provinces import ISLANDS, Province


@dataclass(frozen=True)
class Rate:
    """`first` covers the first 10 kg, `further` each started kilogram after that; days are those under way."""

    first: Money
    further: Money
    days_low: int
    days_high: int


FIRST_KG = 10
NOMINAL_UNIT_GRAMS = 16_000
"""What a unit counts as where its maker states no weight."""

SAME_PROVINCE = Rate(Money.yuan("28"), Money.yuan("1.20"), 1, 2)
SAME_REGION = Rate(Money.yuan("35"), Money.yuan("1.80"), 2, 3)
ELSEWHERE = Rate(Money.yuan("45"), Money.yuan("2.60"), 3, 5)
REMOTE = Rate(Money.yuan("68"), Money.yuan("4.80"), 5, 8)
OVERSEAS = Rate(Money.yuan("120"), Money.yuan("9.50"), 6, 12)
DEAREST = OVERSEAS


def rate_between(origin: Province | None, destination: Province | None) -> Rate:
    """The rate for a way; the dearest one where the destination is not known."""
    if destination is None:
        return DEAREST
    if origin == destination:
        return SAME_PROVINCE
    if destination.region == ISLANDS:
        return OVERSEAS
    if destination.remote:
        return REMOTE
    if origin is not None and origin.region == destination.region:
        return SAME_REGION
    return ELSEWHERE
