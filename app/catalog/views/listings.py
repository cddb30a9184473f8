"""Listings: everything, a category, a brand."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, g, render_template, request, url_for

from app.catalog.addresses import locale, product_urls
from app.catalog.facets import Shelf
from app.catalog.filters import Filters, read_filters
from app.catalog.fragments import fragment
from app.catalog.listing import ListingMaker, label_of
from app.catalog.shelf_reading import shelf_now
from app.catalog.views import bp
from app.foundation.database import db

CATEGORY_FACETS = ("algorithm", "coin", "type")


@bp.get("/products")
def products() -> str:
    return _listing(shelf_now(), None)


@bp.get("/products/category/<code>")
def category(code: str) -> str:
    shelf = shelf_now()
    facet = next((facet for facet in CATEGORY_FACETS if code in shelf.codes(facet)), None)
    return _listing(shelf, (facet, code) if facet else abort(404))


@bp.get("/products/brand/<code>")
def brand(code: str) -> str:
    shelf = shelf_now()
    return _listing(shelf, ("brand", code) if code in shelf.codes("brand") else abort(404))


def _listing(shelf: Shelf, fixed: tuple[str, str] | None) -> str:
    filters = read_filters(request.args.items(multi=True))
    title = label_of(shelf, *fixed, locale()) if fixed else None

    def maker() -> ListingMaker:
        return ListingMaker(shelf, filters, locale(), request.path, product_urls(), fixed=fixed)

    def render() -> str:
        return render_template("catalog/_listing.html", listing=maker().make(db.session()), title=title)

    key = ("listing", shelf.standing, g.lang, request.path, filters.query())
    body = fragment(key if not filters.unread else object(), render)
    page = maker().page if filters.page > 1 else 1
    return render_template("catalog/listing.html", body=body, title=title, **_for_search_engines(filters, page))


def _for_search_engines(filters: Filters, page: int) -> dict[str, Any]:
    """Only a category, a brand or everything, unsorted, is worth a place in an index; page 2 stands for itself."""
    address = f"{request.path}?page={page}" if page > 1 else request.path
    return {"canonical_url": lambda: address, "is_indexed": filters.is_empty and not filters.sort}


def category_url(facet: str, code: str) -> str:
    """Where a category, a brand or any other facet value has its listing."""
    if facet in CATEGORY_FACETS:
        return url_for("catalog.category", code=code)
    if facet == "brand":
        return url_for("catalog.brand", code=code)
    return f"{url_for('catalog.products')}?{urlencode({facet: code})}"
