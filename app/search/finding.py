"""From a query to a set of SKUs on the shelf, with what was understood and what was probably meant."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from app.catalog.facets import Shelf
from app.search.building import build
from app.search.cutting import words
from app.search.index import IndexFile, OpenIndex
from app.search.understanding import Understood, understand

QUICK_BUILD_SECONDS = 0.5
MOST_SUGGESTIONS = 7


@dataclass(frozen=True)
class Hits:
    """`members` are SKUs of the shelf. `nearly` says that an exact figure was widened because nothing had it."""

    members: int
    understood: Understood
    nearly: bool = False
    loosened: bool = False
    did_you_mean: str | None = None


@dataclass
class SearchHouse:
    """The index file of an application and how long its last build took."""

    file: IndexFile
    build_seconds: float = 0.0


def search(session: Session, shelf: Shelf, typed: str) -> Hits:
    """Find `typed` on the shelf. Never fails for any text."""
    index = fresh_index(session, shelf)
    understood = understand(typed, index.aliases, shelf.knows)
    hits = _hits(index, shelf, understood)
    if hits.members or understood.is_empty:
        return hits
    return Hits(0, understood, did_you_mean=_did_you_mean(index, shelf, understood))


def suggest(session: Session, shelf: Shelf, typed: str) -> tuple[list[tuple[str, str]], Sequence[tuple[str, str, str]]]:
    """While typing: facet values that are named, and products (slug, Chinese name, English name)."""
    index = fresh_index(session, shelf)
    understood = understand(typed, index.aliases, shelf.knows)
    named = [(facet, code) for facet, codes in understood.facets.items() for code in codes]
    phrases = [phrase for phrase in understood.phrases if phrase]
    everything = [*phrases, *_alias_phrases(index, named)]
    return named, index.suggestions(everything, MOST_SUGGESTIONS) if everything else []


def fresh_index(session: Session, shelf: Shelf) -> OpenIndex:
    """The index of the catalogue as the shelf has it; of a moment before where a large one is being rebuilt."""
    house: SearchHouse = current_app.extensions["search_house"]
    index = house.file.opened()
    version = shelf.standing.version
    if index is None or (index.version != version and house.build_seconds < QUICK_BUILD_SECONDS):
        rebuild(session, house, version)
        index = house.file.opened()
    while index is None:  # another process is building the very first one
        time.sleep(0.05)
        index = house.file.opened()
    return index


def rebuild(session: Session, house: SearchHouse, version: int) -> None:
    """Build the index; whoever holds the lock does it, others go on with what there is."""
    started = time.perf_counter()
    if build(session, house.file.file, version):
        house.build_seconds = time.perf_counter() - started


def _hits(index: OpenIndex, shelf: Shelf, understood: Understood) -> Hits:
    among = shelf.all if not understood.is_empty else 0
    for facet, codes in understood.facets.items():
        named = 0
        for code in codes:
            named |= shelf.set_of(facet, code)
        among &= named
    loosened = False
    if understood.phrases and among:
        found = index.products_with(understood.phrases)
        if not found:
            loosened = True
            found = index.products_with([(token,) for phrase in understood.phrases for token in phrase])
        among &= shelf.of_products(found)
    exact, nearly = _within_spans(shelf, understood, among)
    return Hits(exact or nearly, understood, nearly=not exact and bool(nearly), loosened=loosened)


def _within_spans(shelf: Shelf, understood: Understood, among: int) -> tuple[int, int]:
    exact = nearly = among
    for span in understood.spans:
        exact &= shelf.between(span.name, span.low, span.high)
        wide = span.nearly()
        nearly &= shelf.between(wide.name, wide.low, wide.high)
    return exact, nearly


def _did_you_mean(index: OpenIndex, shelf: Shelf, understood: Understood) -> str | None:
    """The query with every unknown word corrected, if that finds something."""
    corrected = understood.text
    for word in dict.fromkeys(words(understood.text)):
        better = index.correction(word)
        if better:
            corrected = corrected.replace(word, better)
    if corrected == understood.text:
        return None
    again = understand(corrected, index.aliases, shelf.knows)
    return corrected if _hits(index, shelf, again).members else None


def _alias_phrases(index: OpenIndex, named: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """A named value as text, so that suggestions for `蚂蚁 s19` stay with that brand."""
    by_value: dict[tuple[str, str], tuple[str, ...]] = {}
    for cut, value in index.aliases.items():
        by_value.setdefault(value, cut)
    return [
        by_value[value] for value in named if value in by_value and value[0] in ("brand", "coin", "algorithm", "type")
    ]
