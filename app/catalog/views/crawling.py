"""For machines that read the shop: robots.txt and the sitemap in both languages."""

from flask import Response, render_template, url_for

from app.catalog.queries import published_addresses
from app.catalog.shelf_reading import shelf_now
from app.catalog.views import root_bp
from app.foundation.database import db
from app.foundation.languages import LANGUAGES
from app.settings import current_settings

PAGES_A_FILE = 2_500
CLOSED = (
    "/cart",
    "/checkout",
    "/orders",
    "/account",
    "/login",
    "/register",
    "/search",
    "/compare",
    "/desk",
    "/dashboard",
)


@root_bp.get("/robots.txt")
def robots() -> Response:
    site = current_settings().site_url
    closed = [f"Disallow: /{lang}{path}" for lang in LANGUAGES for path in CLOSED]
    lines = ["User-agent: *", *closed, "Disallow: /m/", "", f"Sitemap: {site}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@root_bp.get("/sitemap.xml")
def sitemap() -> Response:
    """An index; each part names its pages in both languages, with the day of their last change."""
    count = len(_addresses())
    parts = range(max(1, -(-count // PAGES_A_FILE)))
    return _xml("catalog/sitemap_index.xml", parts=[url_for("catalog_root.sitemap_part", number=n + 1) for n in parts])


@root_bp.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    addresses = _addresses()[(number - 1) * PAGES_A_FILE : number * PAGES_A_FILE] if number >= 1 else []
    if not addresses:
        return Response(status=404)
    return _xml("catalog/sitemap.xml", pages=addresses, languages=LANGUAGES)


def _addresses() -> list[tuple[str, str | None]]:
    """Paths below the language, with the day of the last change where there is one."""
    shelf = shelf_now()
    paths: list[tuple[str, str | None]] = [("/", None), ("/products", None)]
    for facet in ("algorithm", "coin", "type"):
        paths += [(f"/products/category/{code}", None) for code in shelf.codes(facet)]
    paths += [(f"/products/brand/{code}", None) for code in shelf.codes("brand")]
    rows = db.session.execute(published_addresses())
    return [*paths, *((f"/products/{slug}", changed.date().isoformat()) for slug, changed in rows)]


def _xml(template: str, **context: object) -> Response:
    text = render_template(template, site=current_settings().site_url, **context)
    return Response(text, mimetype="application/xml")
