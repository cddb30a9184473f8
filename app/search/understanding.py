"""Reading a query: figures with units and words of the trade become filters, the rest stays text. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.catalog.facets import in_base_units
from app.catalog.filters import Range
from app.search.cutting import plain, tokens

LONGEST = 200
MOST_PHRASES = 12
LONGEST_ALIAS = 8
NOISE_WORDS = frozenset(
    (word,) for word in ("的", "和", "及", "与", "在", "台", "个", "and", "with", "the", "for", "of")
)

_NUMBER = r"(?P<{0}>\d{{1,9}}(?:,\d{{3}})*(?:\.\d{{1,6}})?)\s*(?P<{0}_many>[万千])?"
_UNIT = (
    r"(?P<unit_price>(?:元|¥|yuan|rmb)\s*/\s*(?:t|th|g|gh|m|mh|ksol)(?![a-z]))"
    r"|(?P<efficiency>(?:j|w|焦|瓦)\s*/\s*(?P<work>[tgmk])(?:h|sol)?(?:/s)?(?![a-z]))"
    r"|(?P<hashrate>(?P<speed>ksol|sol|eh|ph|th|gh|mh|kh|[eptgm])(?:\s*/\s*s)?(?![a-z0-9]))"
    r"|(?P<power>(?P<kilo>k|千)?(?:w|瓦)(?![a-z/]))"
    r"|(?P<noise>db|分贝)"
    r"|(?P<per>/\s*(?:th?|gh?|mh?|ksol)(?![a-z0-9]))"
    r"|(?P<price>元|块钱|块|yuan|rmb|cny)"
)
_BELOW, _ABOVE = (
    r"<=|<|≤|under|below|less than|at most|up to|不超过|不高于|低于|小于|少于|不到|至多|最多",
    r">=|>|≥|over|above|more than|at least|from|不低于|不少于|高于|大于|超过|多于|至少|起码",
)
_AFTER_BELOW, _AFTER_ABOVE = r"以下|以内|之内|or less|or below|max", r"及以上|以上|起|or more|and up|min"
FIGURE = re.compile(
    rf"(?P<before>{_BELOW}|{_ABOVE})?\s*(?P<yuan>¥)?\s*(?<![a-z0-9.+]){_NUMBER.format('low')}"
    rf"(?:\s*(?:[a-z/]{{1,6}})?\s*(?:-|~|–|—|到|至|to)\s*{_NUMBER.format('high')})?"
    rf"\s*(?:{_UNIT})?\s*(?P<after>{_AFTER_BELOW}|{_AFTER_ABOVE})?"
)
SPEEDS = {"k": "kH/s", "m": "MH/s", "g": "GH/s", "t": "TH/s", "p": "PH/s", "e": "EH/s"}
_WORK = {"k": "kSol/s", "m": "MH/s", "g": "GH/s", "t": "TH/s"}
MANY = {"万": 10_000, "千": 1_000, None: 1}
NEARLY_PERCENT = 10


@dataclass(frozen=True)
class Span:
    """A figure in the query: low..high in base units over the column `name`; `text` is how it was typed."""

    name: str
    low: int | None
    high: int | None
    text: str

    @property
    def is_exact(self) -> bool:
        return self.low is not None and self.low == self.high

    def nearly(self) -> "Span":
        """An exact figure widened by a tenth on both sides."""
        if self.low is None or self.high is None or not self.is_exact:
            return self
        slack = self.low * NEARLY_PERCENT // 100
        return Span(self.name, self.low - slack, self.high + slack, self.text)


@dataclass(frozen=True)
class Understood:
    """What a query asks for: facet values, spans of figures, and phrases of tokens to look up as text."""

    text: str
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.facets or self.spans or self.phrases)


Aliases = Mapping[tuple[str, ...], tuple[str, str]]
"""Token sequences that name a facet value: ("蚂", "蚁") -> ("brand", "bitmain")."""


def understand(typed: str, aliases: Aliases, has: Callable[[str, str], bool]) -> Understood:
    """Read a query. `has(facet, code)` says whether the shelf knows a value; an unknown one stays text."""
    text = plain(typed[:LONGEST])
    spans: list[Span] = []

    def take(found: re.Match[str]) -> str:
        span = _span(found)
        if span is None:
            return found[0]
        spans.append(span)
        return " \x00 "

    rest = FIGURE.sub(take, text)
    facets: dict[str, tuple[str, ...]] = {}
    phrases = [phrase for part in rest.split("\x00") for phrase in _phrases(part, aliases, has, facets)]
    kept = [phrase for phrase in phrases if phrase not in NOISE_WORDS]
    return Understood(" ".join(text.split()), facets, tuple(spans), tuple(kept[:MOST_PHRASES]))


def _phrases(
    part: str, aliases: Aliases, has: Callable[[str, str], bool], facets: dict[str, tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Runs of tokens typed without a space between them, after the longest aliases were taken out as facet values."""
    cut: list[str] = []
    begins: set[int] = set()
    for word in part.split():
        begins.add(len(cut))
        cut += tokens(word)
    phrases: list[list[str]] = []
    place, fresh = 0, True
    while place < len(cut):
        length, value = _alias_at(cut, place, aliases, has)
        if value:
            facet, code = value
            facets[facet] = tuple(dict.fromkeys((*facets.get(facet, ()), code)))
            place, fresh = place + length, True
            continue
        if fresh or place in begins:
            phrases.append([])
        phrases[-1].append(cut[place])
        place, fresh = place + 1, False
    return [tuple(phrase) for phrase in phrases]


def _alias_at(
    cut: list[str], place: int, aliases: Aliases, has: Callable[[str, str], bool]
) -> tuple[int, tuple[str, str] | None]:
    for length in range(min(LONGEST_ALIAS, len(cut) - place), 0, -1):
        value = aliases.get(tuple(cut[place : place + length]))
        if value and has(*value):
            return length, value
    return 0, None


def _span(found: re.Match[str]) -> Span | None:
    if found["per"] and not found["yuan"]:
        return None
    name = (
        "unit_price"
        if found["per"]
        else next(
            (name for name in ("unit_price", "efficiency", "hashrate", "power", "noise", "price") if found[name]), None
        )
    )
    if name is None:
        if not found["yuan"] and found["low_many"] != "万":
            return None
        name = "price"
    low = _number(found, "low")
    high = _number(found, "high") if found["high"] else None
    span = _bounds(found, low, high)
    scaled = in_base_units(
        name, Range(*(None if edge is None else edge * _factor(found) for edge in span)), _unit(found)
    )
    return Span(name, *scaled, " ".join(found[0].split()))


def _number(found: re.Match[str], which: str) -> Decimal:
    many = found[f"{which}_many"] or (found["high_many"] if which == "low" and found["high"] else None)
    return Decimal(found[which].replace(",", "")) * MANY[many]


def _bounds(found: re.Match[str], low: Decimal, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    if high is not None:
        return min(low, high), max(low, high)
    before, after = found["before"] or "", found["after"] or ""
    if re.fullmatch(_BELOW, before) or re.fullmatch(_AFTER_BELOW, after):
        return None, low
    if re.fullmatch(_ABOVE, before) or re.fullmatch(_AFTER_ABOVE, after):
        return low, None
    return low, low


def _factor(found: re.Match[str]) -> int:
    return 1000 if found["kilo"] else 1


def _unit(found: re.Match[str]) -> str | None:
    if found["hashrate"]:
        speed = found["speed"]
        return {"ksol": "kSol/s", "sol": "Sol/s"}.get(speed) or SPEEDS[speed[0]]
    if found["efficiency"]:
        return _WORK[found["work"]]
    return None
