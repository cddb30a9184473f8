"""One product: its page, its photographs."""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response, abort, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from app.catalog.addresses import locale, product_urls
from app.catalog.electricity import DEFAULT_YUAN_PER_KWH, kwh_price_in
from app.catalog.facets import Shelf
from app.catalog.fragments import fragment
from app.catalog.listing import rows_of
from app.catalog.models import Product, Sku
from app.catalog.neighbours import Place, province_at, provinces, stock_of
from app.catalog.pictures import picture_path, pictures_of
from app.catalog.product_page import Asked, ProductPage
from app.catalog.queries import published_product
from app.catalog.shelf_reading import shelf_now
from app.catalog.similar import similar_skus
from app.catalog.structured_data import breadcrumb_data, product_data, script
from app.catalog.versions import Standing
from app.catalog.views import bp, root_bp
from app.catalog.waiting import wish_for
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import came_from_our_pages
from app.measurement.looking_up import place_of_address
from app.privacy.changing_prefs import change_prefs
from app.privacy.prefs import prefs_of, price_of_power
from app.settings import current_settings

YEAR_SECONDS = 365 * 24 * 3600
MOST_REMEMBERED = 20_000
SIMILAR_STALE_SECONDS = 30
"""How long the rows of similar machines may still say "in stock"; the page's own stock is read each time."""


@bp.get("/products/<slug>")
def product(slug: str) -> str:
    shelf, session = shelf_now(), db.session()
    known = _known(session, shelf.standing, slug)
    places = stock_of(session, known.sku_ids)
    asked, variant = _asked(), request.args.get("sku", "")[:120]
    variant = variant if variant in known.codes else ""
    others_as_of = int(time.monotonic() // SIMILAR_STALE_SECONDS)
    key = ("product", shelf.standing.version, g.lang, slug, variant, asked, places, others_as_of)
    body = fragment(key, lambda: _render(session, shelf, slug, variant, places, asked))
    sold_out = bool(known.priced) and known.priced.isdisjoint(place.sku_id for place in places)
    return render_template(
        "catalog/product.html", body=body, title=known.name[locale() == "en"], sold_out=sold_out,
        code=variant or min(known.codes), slug=slug,
    )  # fmt: skip


@bp.post("/wishes")
@login_required
def wish() -> Any:
    """Tell me when it is back; leads to the product it is about."""
    sku_id = request.form.get("sku", "")
    if not button_pressed("catalog.wish") or not (sku_id.isascii() and sku_id.isdigit() and len(sku_id) < 10):
        return redirect(url_for("catalog.products", done="stale"), 303)
    sku = wish_for(current_user, int(sku_id), now())
    return redirect(url_for("catalog.product", slug=sku.product.slug, sku=sku.code, done="wish_kept"), 303)


@root_bp.get("/pictures/<name>.webp")
def picture(name: str) -> Response:
    path = picture_path(current_settings().uploads_dir, name)
    if not path.exists():
        abort(404)
    answer = send_file(path, "image/webp", max_age=YEAR_SECONDS)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return answer


class Known(NamedTuple):
    """What a page is about, remembered until the catalogue moves. `name` is (Chinese, English).

    `priced` are the SKUs that sell out: those with a price. A service has none, for it needs no stock.
    """

    name: tuple[str, str]
    sku_ids: tuple[int, ...]
    codes: frozenset[str]
    priced: frozenset[int]


_KNOWN: dict[tuple[int, str], Known] = {}


def _known(session: Session, standing: Standing, slug: str) -> Known:
    """Aborts with 404 for a page that is not shown."""
    key = (standing.version, slug)
    if key not in _KNOWN:
        found = published_product(session, slug)
        skus = [sku for sku in found.skus if not sku.withdrawn] if found else []
        if found is None or not skus:
            abort(404)
        if len(_KNOWN) >= MOST_REMEMBERED or next(iter(_KNOWN), key)[0] != standing.version:
            _KNOWN.clear()
        names = (found.name_zh, found.name_en)
        priced = frozenset(sku.id for sku in skus if sku.price is not None and not found.needs_no_parcel)
        _KNOWN[key] = Known(names, tuple(sku.id for sku in skus), frozenset(sku.code for sku in skus), priced)
    return _KNOWN[key]


def _asked() -> Asked:
    """What stands in the address; else what this browser remembers; else a suggestion by where it is. Clause 1.2.2."""
    before, typed = prefs_of(request), request.args.get("kwh", "")
    price = kwh_price_in(typed)
    unread = "".join(mark for mark in typed if mark.isprintable())[:20] if typed.strip() and price is None else None
    chosen = _known_province(request.args.get("province", before.province))
    if came_from_our_pages():
        _remember(chosen, price or before.kwh_price)
    suggested = None
    if chosen is None and "province" not in request.args:
        suggested = _known_province(province_at(place_of_address(request.remote_addr or "")))
    shown = price or before.kwh_price or DEFAULT_YUAN_PER_KWH
    return Asked(chosen or suggested, shown, unread, is_suggested=suggested is not None)


def _known_province(code: str | None) -> str | None:
    return code if code in {code for code, name in provinces(locale())} else None


def _remember(province: str | None, price: Decimal | None) -> None:
    """In this browser alone: what was typed or chosen on a page of ours, never what was only suggested."""
    kept = price if price != DEFAULT_YUAN_PER_KWH else None
    change_prefs(lambda prefs: replace(prefs, province=province, kwh_price=price_of_power(kept)))


def _render(session: Session, shelf: Shelf, slug: str, variant: str, places: tuple[Place, ...], asked: Asked) -> str:
    product = published_product(session, slug) or abort(404)
    chosen = _chosen(product, variant, places)
    page = ProductPage(product, chosen, places, asked, locale())
    pictures = pictures_of(session, product.id)
    similar = similar_skus(shelf, chosen) if shelf.ordinal(chosen.id) is not None else []
    return render_template(
        "catalog/_product.html",
        page=page,
        pictures=pictures,
        provinces=provinces(locale()),
        page_url=request.path,
        trail=_trail(product, page.name),
        similar=rows_of(shelf, session, similar, locale(), product_urls()),
        data=_structured(page, [url_for("catalog_root.picture", name=each.name) for each in pictures]),
    )


def _chosen(product: Product, variant: str, places: tuple[Place, ...]) -> Sku:
    """The variant asked for; else the first that can be had, else the first."""
    skus = [sku for sku in product.skus if not sku.withdrawn]
    asked_for = next((sku for sku in skus if sku.code == variant), None)
    in_stock = {place.sku_id for place in places}
    return asked_for or next((sku for sku in skus if sku.id in in_stock and sku.price), skus[0])


def _trail(product: Product, name: str) -> list[tuple[str, str | None]]:
    category = product.category
    return [
        (_("Home"), url_for("catalog.home")),
        (_("All products"), url_for("catalog.products")),
        (category.name(locale()), url_for("catalog.category", code=category.code)),
        (name, None),
    ]


def _structured(page: ProductPage, images: list[str]) -> Any:
    site = current_settings().site_url
    url = site + url_for("catalog.product", slug=page.product.slug)
    trail = [(name, site + (link or url_for("catalog.product", slug=page.product.slug)))
             for name, link in _trail(page.product, page.name)]  # fmt: skip
    data = product_data(page.product, page.variants, locale(), url, [site + image for image in images])
    return script(data, breadcrumb_data(trail))
