"""Long lists, a page at a time: one query for how many, one for the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.counting import MOST, counted, up_to

PER_PAGE, AHEAD = 50, 5
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
    """The rows of a page; past the end it is the last page that has any.

    Rows are counted up to some pages beyond the wanted one, so that the first pages of a long list cost what those of a
    short one do; further pages open as somebody goes on.
    """
    most = max(MOST, (wanted + AHEAD) * PER_PAGE)
    total = counted(session.scalar(select(up_to(rows, most))) or 0, most)
    pages = max(1, -(-total // PER_PAGE))
    page = min(wanted, pages)
    found = session.scalars(rows.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).unique().all()
    return found, Pager(page, pages, total, url)
