"""Search terms, by day and language. Clause 1.1.2d.

The host counts them itself, each browser once a day, and tells them when the day is over. Only what `FLOOR` browsers
searched for that day is kept, and nothing that would tell when on the day, from where or by whom.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from analytics.codes import TERM_LENGTH, language_code
from analytics.reading import Range
from analytics.store import Store, insert
from analytics.store import terms as table

FLOOR = 5
"""Fewest browsers that must have searched for a term on a day."""


class Searched(NamedTuple):
    """A term on one day, as the host tells it. `language` has two letters."""

    language: str
    term: str
    browsers: int
    found: bool
    """Whether there was anything to show for it."""


class Term(NamedTuple):
    """A term over a range of days."""

    term: str
    searches: int
    """Browsers that searched for it, summed over the days."""
    found: bool
    """False where nothing was found on the last of those days, in any language."""


def tell_terms(store: Store, day: int, searched: Iterable[Searched]) -> None:
    """Write down the terms of a day. A repetition replaces the same terms; what is below the floor is dropped."""
    rows = [
        {
            "day": day,
            "language": language_code(row.language),
            "term": row.term,
            "browsers": row.browsers,
            "found": int(row.found),
        }
        for row in sorted(searched)
        if row.browsers >= FLOOR and 0 < len(row.term) <= TERM_LENGTH
    ]
    if not rows:
        return
    with store.writing() as connection:
        statement = insert(connection, table)
        told = {name: statement.excluded[name] for name in ("browsers", "found")}
        connection.execute(statement.on_conflict_do_update(index_elements=["day", "language", "term"], set_=told), rows)


def terms(store: Store, days: Range, language: str | None = None) -> list[Term]:
    """The terms of a range of days, in one language or in all, most searched first."""
    query = (
        select(table.c.term, table.c.day, table.c.browsers, table.c.found)
        .where(table.c.day.between(*days))
        .order_by(table.c.day)
    )
    if language is not None:
        query = query.where(table.c.language == language_code(language))
    searches: dict[str, int] = {}
    last: dict[str, tuple[int, bool]] = {}
    with store.reading() as connection:
        for term, day, browsers, found in connection.execute(query):
            searches[term] = searches.get(term, 0) + int(browsers)
            before_day, before = last.get(term, (day, False))
            last[term] = (day, bool(found) or (before and before_day == day))
    rows = [Term(term, number, last[term][1]) for term, number in searches.items()]
    return sorted(rows, key=lambda row: (-row.searches, row.term))
