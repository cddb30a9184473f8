"""What to suggest after what was viewed and searched for. Neither purchases nor counts are looked at. Clause 2.5."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.facets import Shelf
from app.catalog.filters import Filters
from app.catalog.models import Sku
from app.catalog.queries import ListedSku, listed_by_code
from app.catalog.similar import similar_skus
from app.search.finding import search

WANTED = 4
TERMS_TRIED = 3
"""How many of the last searches are looked at; each costs a look into the index."""


@dataclass(frozen=True)
class Suggested:
    """SKUs with the reason for them: like a machine that was viewed, or found by words that were searched for."""

    sku_ids: list[int]
    viewed: ListedSku | None = None
    searched: str = ""


def after_viewing(session: Session, shelf: Shelf, codes: Sequence[str]) -> Suggested | None:
    """Machines like the last one viewed that is still on show, without those viewed already. `codes` newest first."""
    known = listed_by_code(session, codes)
    if not known:
        return None
    last = session.scalars(select(Sku).where(Sku.id == known[0].sku_id)).one()
    seen = {shelf.product_of(each.sku_id) for each in known if shelf.ordinal(each.sku_id) is not None}
    fresh = [other for other in similar_skus(shelf, last) if shelf.product_of(other) not in seen]
    return Suggested(fresh, viewed=known[0]) if fresh else None


def after_searching(session: Session, shelf: Shelf, terms: Sequence[str]) -> Suggested | None:
    """The first of what the last search finds that found anything. `terms` newest first."""
    for term in terms[:TERMS_TRIED]:
        if members := search(session, shelf, term).members:
            return Suggested(shelf.page(shelf.find(Filters(), members), "", 0, WANTED), searched=term)
    return None
