"""A long list of one's own cases, a page at a time; and a photograph as an answer."""

from typing import Any

from flask import Response, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.after_sales.models import Case
from app.foundation.http_edge import personal_page
from app.foundation.uploads import STORED_TYPE, shrunk
from app.orders.pages import Pages

SMALL = 320
"""Pixels of the longest side of a photograph on the page of its case."""


class CasePages(Pages):
    """Where a page of cases stands among all."""

    def url(self, page: int) -> str:
        asked: dict[str, Any] = {"page": page if page > 1 else None}
        return url_for("after_sales.listing", **asked)


def count_of(session: Session, rows: Select[Case]) -> int:
    """How many there are on all pages together."""
    return (
        session.scalar(select(func.count()).select_from(rows.order_by(None).with_only_columns(Case.id).subquery())) or 0
    )


def picture_answer(picture: bytes, size: str | None) -> Response:
    """A photograph, whole or small, that no cache keeps."""
    content = shrunk(picture, SMALL)[0] if size == "small" else picture
    headers = {"Content-Disposition": "inline; filename=photograph.webp"}
    return personal_page(Response(content, mimetype=STORED_TYPE, headers=headers))
