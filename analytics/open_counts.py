"""`/m/counts`: what the counting house holds, open to everybody, and how many came. Clauses 2.9, 2.10; join J7.

Every table and every column stands there with its meaning, read from the store's own description, so that nothing can
be kept that the page does not tell. Above stand the closed weeks of the last quarter, one fixed table (open_weeks.py).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flask import Blueprint, Response, render_template
from sqlalchemy import Column, Table
from sqlalchemy.exc import DBAPIError

from analytics.closing import FLOOR
from analytics.disclosure import HIDDEN, OUTSIDE_FLOOR, STEP
from analytics.fold import NONCE_HOURS
from analytics.mine import asked_language
from analytics.open_weeks import open_weeks
from analytics.store import NOW_MINUTES, TWO_WAY, Store, journal_files, metadata, minutes, nonces, pages
from analytics.texts import LANGUAGES, Texts, has_text, texts_in


class OpenTable(NamedTuple):
    name: str
    meaning: str
    kept: str
    columns: list[tuple[str, str]]
    """Name and meaning."""


def add_open_counts(blueprint: Blueprint, store: Store, today: Callable[[], int]) -> None:
    """Add the page to the counting house's own routes. While the store is down it shows no sums."""

    @blueprint.get("/m/counts")
    def counts() -> Response:
        language = asked_language()
        text = texts_in(language)
        try:
            weeks = open_weeks(store, today())
        except DBAPIError:
            weeks = []
        page = render_template(
            "analytics/counts.html",
            t=text,
            language=language,
            languages=LANGUAGES,
            weeks=weeks,
            hidden=HIDDEN,
            floor=OUTSIDE_FLOOR,
            step=STEP,
            tables=list(open_tables(text)),
        )
        return Response(page, headers={"Vary": "Accept-Language"})


def open_tables(text: Texts) -> Iterator[OpenTable]:
    """All tables of the store, by name. Raises KeyError for one without a text, or with a column without one."""
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        columns = [(column.name, text(name_of_text(table, column))) for column in table.columns]
        kept = " ".join(kept_for(text, table))
        yield OpenTable(table.name, text(f"table.{table.name}"), kept, columns)


def name_of_text(table: Table, column: Column[int] | Column[str]) -> str:
    """A column means the same in every table, unless a text of its own says otherwise."""
    own = f"column.{table.name}.{column.name}"
    return own if has_text(own) else f"column.{column.name}"


def kept_for(text: Texts, table: Table) -> Iterator[str]:
    """How long its rows are kept, and what is dropped before."""
    if table is nonces:
        yield text("kept.nonces", hours=NONCE_HOURS)
    elif table is minutes:
        yield text("kept.minutes", minutes=NOW_MINUTES)
    elif table is pages:
        yield text("kept.pages")
    elif table is journal_files:
        yield text("kept.journal_files")
    else:
        yield text("kept.figures")
    if table in TWO_WAY:
        yield text("kept.small_cells", floor=FLOOR)
