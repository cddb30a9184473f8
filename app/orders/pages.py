"""Long lists of one's own orders, a page at a time."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

PER_PAGE = 20


@dataclass(frozen=True)
class Pages:
    """Where a page stands among all; reads nonsense as the first page and what lies past the end as the last."""

    page: int
    pages: int
    state: str = ""
    size: int = PER_PAGE

    @classmethod
    def of(cls, wanted: str | None, total: int) -> "Pages":
        pages = max(1, -(-total // PER_PAGE))
        is_number = wanted is not None and wanted.isascii() and wanted.isdigit() and len(wanted) < 8
        return cls(min(max(1, int(wanted or 1)), pages) if is_number else 1, pages)

    @property
    def skipped(self) -> int:
        return (self.page - 1) * self.size

    def for_state(self, state: str) -> "Pages":
        """The same, leading on within one tab."""
        return Pages(self.page, self.pages, state, self.size)

    def url(self, page: int) -> str:
        asked: dict[str, Any] = {"state": self.state or None, "page": page if page > 1 else None}
        return url_for("orders.listing", **asked)
