"""Long lists, a page at a time: one query for how many, one for the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PER_PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True)
class Pager:
    """Where a page stands in its list, as `components/pagination.html` reads it."""

    page: int
    pages: int
    total: int
    url: Callable[[int], str]


def page_wanted(text: str | None) -> int:
    """The page that an address asks for: the first one where it asks for nonsense."""
    text = text or ""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def page_of(session: Session, rows: Select[T], wanted: int, url: Callable[[int], str]) -> tuple[Sequence[T], Pager]:
    """The rows of a page; past the end it is the last page that has any."""
    total = session.scalar(select(func.count()).select_from(_countable(rows))) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(wanted, pages)
    found = session.scalars(rows.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).unique().all()
    return found, Pager(page, pages, total, url)


def _countable(rows: Select[Any]) -> Any:
    return rows.order_by(None).with_only_columns(*_primary_key(rows), maintain_column_froms=True).subquery()


def _primary_key(rows: Select[Any]) -> Sequence[Any]:
    entity = rows.column_descriptions[0]["entity"]
    return list(entity.__table__.primary_key.columns)
