"""The visitor's settings in their own browser: language, province, price of power, last searches, last machines seen,
advertisements hidden and shown today, and which searches of today were counted.

Clauses 1.1.2c, 1.1.2d, 1.2.2, 3.1.1a, 3.2(2): one signed cookie, no row on the server, no identifier, equal settings
equal bytes. What was looked at is kept only while personal service is on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from werkzeug.wrappers import Request, Response

from app.foundation.cookies import Use, delete_cookie, read_cookie, set_cookie, sign_facts, signed_facts
from app.privacy.choices import Choices

SEARCHES = 5
VIEWED = 12
LONGEST_TERM = 60
LONGEST_CODE = 40
DEAREST_KWH = Decimal(100)
ADVERTS = 8
"""Of so many campaigns it is remembered how often they were shown today, and of as many that they were hidden."""


class CountedTerms(NamedTuple):
    """The search terms of one day (its ordinal) that this browser was counted for: one bit of 64 for each."""

    day: int = 0
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything that `prefs` holds. Searches and SKUs stand newest first; `kwh_price` is yuan per kWh."""

    language: str | None = None
    province: str | None = None
    kwh_price: Decimal | None = None
    searches: tuple[str, ...] = ()
    viewed: tuple[str, ...] = ()
    hidden: tuple[tuple[int, int], ...] = ()
    """Campaigns with the day (proleptic ordinal) on which they were hidden."""
    seen: tuple[tuple[int, int], ...] = ()
    """Campaigns with how often they were shown or withheld on the day `seen_on`."""
    seen_on: int = 0
    arm: tuple[int, int] | None = None
    """1 for the browsers from which campaigns are withheld, and the day of the draw; only while counting is allowed."""
    counted_terms: CountedTerms = CountedTerms()

    def with_search(self, term: str) -> "Preferences":
        """With this term as the last one searched for; a repeated term moves to the front."""
        return replace(self, searches=_newest_first(term[:LONGEST_TERM], self.searches, SEARCHES))

    def with_viewed(self, sku: str, choices: Choices) -> "Preferences":
        """With this SKU as the last one seen; unchanged, and emptied, unless personal service is on."""
        if not choices.personal:
            return replace(self, viewed=())
        return replace(self, viewed=_newest_first(sku[:LONGEST_CODE], self.viewed, VIEWED))

    def facts(self) -> dict[str, Any]:
        """What is signed: set entries only, so that equal settings give equal cookies."""
        entries = {
            "l": self.language,
            "p": self.province,
            "k": None if self.kwh_price is None else format(self.kwh_price.normalize(), "f"),
            "q": list(self.searches),
            "v": list(self.viewed),
            "h": [list(pair) for pair in self.hidden],
            "t": [self.seen_on, *(list(pair) for pair in self.seen)] if self.seen else None,
            "a": list(self.arm) if self.arm else None,
            "m": list(self.counted_terms) if self.counted_terms.day else None,
        }
        return {name: value for name, value in entries.items() if value}


def prefs_of(request: Request) -> Preferences:
    """This browser's settings; empty ones for a missing, forged or damaged cookie."""
    facts = signed_facts("prefs", read_cookie(request, "prefs", Use.PREFERENCES))
    return Preferences(
        language=_code(facts.get("l")),
        province=_code(facts.get("p")),
        kwh_price=price_of_power(facts.get("k")),
        searches=_texts(facts.get("q"), SEARCHES, LONGEST_TERM),
        viewed=_texts(facts.get("v"), VIEWED, LONGEST_CODE),
        hidden=_pairs(facts.get("h")),
        **_seen_today(facts.get("t")),
        arm=next(iter(_pairs([facts.get("a")])), None),
        counted_terms=_counted_terms(facts.get("m")),
    )


def save_prefs(response: Response, prefs: Preferences) -> None:
    """Keep the settings in this browser for 180 days; without any setting there is no cookie."""
    if facts := prefs.facts():
        set_cookie(response, "prefs", sign_facts("prefs", facts))
    else:
        delete_cookie(response, "prefs")


def price_of_power(text: Any) -> Decimal | None:
    """Yuan per kWh from what was typed or kept: above 0, at most 100, four decimals; None for anything else."""
    try:
        price = Decimal(str(text)).quantize(Decimal("0.0001"))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 < price <= DEAREST_KWH else None


def _newest_first(entry: str, before: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entry, *before)))[:most]


def _code(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_CODE else None


def _texts(value: Any, most: int, longest: int) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(text for text in value[:most] if isinstance(text, str) and 0 < len(text) <= longest)


def _pairs(value: Any) -> tuple[tuple[int, int], ...]:
    """Pairs of small numbers; anything of another shape is left out."""
    if not isinstance(value, list):
        return ()
    pairs = (tuple(pair) for pair in value[:ADVERTS] if isinstance(pair, list) and len(pair) == 2)
    return tuple((a, b) for a, b in pairs if all(type(n) is int and 0 <= n < 2**31 for n in (a, b)))


def _seen_today(value: Any) -> dict[str, Any]:
    if not isinstance(value, list) or not value or not _pairs([[value[0], 0]]) or not _pairs(value[1:]):
        return {}
    return {"seen_on": value[0], "seen": _pairs(value[1:])}


def _counted_terms(value: Any) -> CountedTerms:
    if not isinstance(value, list) or len(value) != 2 or not all(type(number) is int for number in value):
        return CountedTerms()
    day, mark = value
    return CountedTerms(day, mark) if 0 < day <= date.max.toordinal() and 0 <= mark < 2**64 else CountedTerms()
