"""Campaigns by the five UTM fields of an address, closed to what a marketer registered. Clause 2.9.

Whatever else an address carries there is dropped: it could name a person. What is kept is the registration's number.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

LONGEST_VALUE = 100
NO_CAMPAIGN = 0


class Utm(NamedTuple):
    """The five fields in lower case; "" where a registration leaves one open, or an address lacks it."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""


def utm_of(args: Mapping[str, str]) -> Utm:
    """The fields of an address's query, or of a registration with the same names. Overlong ones count as absent."""
    return Utm(*(_value(args.get(f"utm_{field}", "")) for field in Utm._fields))


def _value(text: str) -> str:
    value = text[: LONGEST_VALUE + 1].strip().lower()
    return value if len(value) <= LONGEST_VALUE else ""


_LEFT_OPEN = tuple(frozenset(fields) for count in range(5) for fields in combinations(reversed(Utm._fields), count))
"""Which fields a registration may leave open, the most exact first; at equal exactness content and term go first."""


def campaign_of(args: Mapping[str, str], registered: Mapping[Utm, int]) -> int:
    """The number of the registration that says most of what the address says; NO_CAMPAIGN where none fits.

    A field that a registration leaves open fits whatever the address has there.
    """
    told = utm_of(args)
    if not registered or not any(told):
        return NO_CAMPAIGN
    said = (told._replace(**dict.fromkeys(fields, "")) for fields in _LEFT_OPEN)
    return next((registered[utm] for utm in said if utm in registered and any(utm)), NO_CAMPAIGN)
