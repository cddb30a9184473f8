"""The front page, and the categories in the header of every page."""

from dataclasses import dataclass

from flask import g, render_template

from app.catalog.addresses import locale, product_urls
from app.catalog.facets import Shelf
from app.catalog.filters import Filters
from app.catalog.fragments import fragment
from app.catalog.listing import label_of, rows_of
from app.catalog.rows import symbol
from app.catalog.shelf_reading import shelf_at_hand, shelf_now
from app.catalog.views import bp
from app.catalog.views.listings import category_url
from app.catalog.vocabulary import AIR, HYDRO, IMMERSION, MACHINE, PART, SERVICE
from app.foundation.database import db

ROWS = 6
WAYS_IN = (
    ("cooling", AIR, 3_500_000), ("cooling", HYDRO, 5_500_000), ("cooling", IMMERSION, 5_500_000),
    ("kind", PART, None), ("kind", SERVICE, None),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A way into the catalogue: a name, where it leads, how much is there, and perhaps a drawing."""

    name: str
    url: str
    count: int | None
    symbol: str = ""


@bp.get("/")
def home() -> str:
    shelf = shelf_now()
    body = fragment(("home", shelf.standing, g.lang), lambda: _render(shelf))
    return render_template("catalog/home.html", body=body)


def _render(shelf: Shelf) -> str:
    machines = Filters({"kind": (MACHINE,)})
    spot = shelf.find(machines.within("delivery", "spot"))
    found = shelf.find(machines)
    ids = shelf.page(spot, "", 0, ROWS), shelf.page(found, "newest", 0, ROWS)
    rows = [rows_of(shelf, db.session(), part, locale(), product_urls()) for part in ids]
    return render_template(
        "catalog/_home.html",
        machines=found.count,
        in_stock=spot.count,
        spot=rows[0],
        newest=rows[1],
        ways=_ways_in(shelf),
        coins=_entries(shelf, "coin"),
        brands=_entries(shelf, "brand"),
    )


def menu_categories() -> list[Entry]:
    """All categories, for the header: algorithms, then parts and services. Never a query of its own."""
    shelf = shelf_at_hand()
    key = ("menu", shelf.standing.version, g.lang)
    menus: dict[object, list[Entry]] = _MENUS
    if key not in menus:
        if len(menus) > 8:
            menus.clear()
        menus[key] = [*_entries(shelf, "algorithm"), *_entries(shelf, "type")]
    return menus[key]


_MENUS: dict[object, list[Entry]] = {}


def _ways_in(shelf: Shelf) -> list[Entry]:
    entries = []
    for facet, code, power in WAYS_IN:
        drawn = symbol(MACHINE, "", code, power) if power else "psu" if code == PART else "service"
        count = shelf.set_of(facet, code).bit_count()
        if count:
            entries.append(Entry(label_of(shelf, facet, code, locale()), category_url(facet, code), count, drawn))
    return entries


def _entries(shelf: Shelf, facet: str) -> list[Entry]:
    counted = [(shelf.set_of(facet, code).bit_count(), code) for code in shelf.codes(facet)]
    ranked = sorted(counted, key=lambda entry: (-entry[0], entry[1]))
    return [Entry(label_of(shelf, facet, code, locale()), category_url(facet, code), n) for n, code in ranked if n]
