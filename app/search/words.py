"""The words by which things are found: names and aliases of brands, categories and the fixed words of the trade."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import ALGORITHM, COIN, Brand, Category
from app.catalog.vocabulary import CONDITIONS, COOLINGS, DELIVERIES, KINDS, Word
from app.search.cutting import plain, tokens

FIXED: tuple[tuple[str, tuple[Word, ...]], ...] = (
    ("kind", KINDS), ("cooling", COOLINGS), ("condition", CONDITIONS), ("delivery", DELIVERIES),
)  # fmt: skip


def named_values(session: Session) -> Iterator[tuple[str, str, str]]:
    """(alias, facet, code) of everything that can be named in a query; the first to claim an alias has it."""
    for brand in session.scalars(select(Brand)):
        for alias in (brand.name_zh, brand.name_en, *brand.aliases.splitlines()):
            yield alias, "brand", brand.code
    for facet, fixed in FIXED:
        for word in fixed:
            for alias in word.aliases:
                yield alias, facet, word.code
    for category in session.scalars(select(Category).order_by(Category.position)):
        facet = category.kind if category.kind in (ALGORITHM, COIN) else "type"
        for alias in (*category.aliases.splitlines(), *((category.name_zh, category.name_en) if facet != COIN else ())):
            yield alias, facet, category.code


def aliases_of(rows: Iterator[tuple[str, str, str]]) -> dict[tuple[str, ...], tuple[str, str]]:
    """Token sequences to facet values, for `understanding.understand`."""
    aliases: dict[tuple[str, ...], tuple[str, str]] = {}
    for alias, facet, code in rows:
        cut = tuple(tokens(plain(alias)))
        if cut:
            aliases.setdefault(cut, (facet, code))
    return aliases
