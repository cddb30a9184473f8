"""The search page and the suggestions under the search field."""

from dataclasses import replace

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.catalog.addresses import product_urls
from app.catalog.facets import Shelf
from app.catalog.filters import read_filters
from app.catalog.fragments import fragment
from app.catalog.listing import ListingMaker, facet_title, label_of
from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import today
from app.foundation.database import db
from app.measurement.telling import may_be_counted
from app.privacy.prefs import prefs_of, save_prefs
from app.search.counting_terms import empty_mark, has_mark_of, is_counted, tally, with_counted
from app.search.finding import MOST_SUGGESTIONS, Hits, search, suggest
from app.search.scrubbing import countable_term
from app.search.understanding import LONGEST
from app.search.views import bp
from app.search.views.history import last_searches, remember


@bp.get("/search")
def results() -> str:
    typed = _typed()
    filters = read_filters(request.args.items(multi=True), typed)
    shelf = shelf_now()

    def render() -> str:
        hits = search(db.session(), shelf, typed)
        maker = ListingMaker(
            shelf, filters, g.locale, request.path, product_urls(),
            among=hits.members, default_sort="relevance",
        )  # fmt: skip
        return render_template(
            "search/_results.html",
            typed=typed,
            hits=hits,
            understood=_said(shelf, hits),
            listing=maker.make(db.session()),
            title=typed,
            ways=_ways_on(shelf),
        )

    key = ("search", shelf.standing, g.lang, filters.query()) if not filters.unread else object()
    body = fragment(key, render)
    searched = last_searches()
    if typed and filters.page <= 1:
        remember(typed)
    return render_template(
        "search/results.html", body=body, search_text=typed, title=typed, counts=_uncounted_term(typed) is not None,
        searched=[term for term in searched if term.casefold() != typed.casefold()],
    )  # fmt: skip


@bp.get("/search/seen")
def seen() -> Response:
    """The image by which a page of results counts its term; nothing to look at. See counting_terms.py."""
    typed, day, prefs = _typed(), today(), prefs_of(request)
    term, answer = _uncounted_term(typed), Response(status=204)
    if term and has_mark_of(day, prefs.counted_terms):
        tally(term, g.locale, day, found=bool(search(db.session(), shelf_now(), term).members))
        counted = with_counted(term, g.locale, day, prefs.counted_terms)
        save_prefs(answer, replace(prefs, counted_terms=counted))
    elif term and "c" not in request.args:
        answer = redirect(url_for("search.seen", q=typed, c=1))
        save_prefs(answer, replace(prefs, counted_terms=empty_mark(day)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/search/suggestions")
def suggestions() -> str:
    """Ready `<li>` items: while nothing is typed, what was searched for before."""
    typed = _typed()
    if not typed:
        return render_template("search/suggestions.html", searched=last_searches()[:MOST_SUGGESTIONS])
    shelf = shelf_now()
    named, products = suggest(db.session(), shelf, typed)
    places = [(label_of(shelf, facet, code, g.locale), _place(facet, code)) for facet, code in named]
    return render_template("search/suggestions.html", places=places, products=products)


def _typed() -> str:
    text = request.args.get("q", "")[: 2 * LONGEST]
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:LONGEST]


def _uncounted_term(typed: str) -> str | None:
    """What was typed, as the term that this browser may still be counted for today; else None."""
    term = countable_term(typed) if typed and may_be_counted() else None
    if term is None or is_counted(term, g.locale, today(), prefs_of(request).counted_terms):
        return None
    return term


def _place(facet: str, code: str) -> str:
    if facet in ("algorithm", "coin", "type"):
        return url_for("catalog.category", code=code)
    return url_for("catalog.brand", code=code) if facet == "brand" else url_for("catalog.products") + f"?{facet}={code}"


def _said(shelf: Shelf, hits: Hits) -> list[str]:
    """What was understood of the query, in words, so that nobody wonders why something is missing."""
    said = [
        f"{facet_title(facet)}: {label_of(shelf, facet, code, g.locale)}"
        for facet, codes in hits.understood.facets.items()
        for code in codes
    ]
    return said + [f"{facet_title(span.name)}: {span.text}" for span in hits.understood.spans]


def _ways_on(shelf: Shelf) -> list[tuple[str, str]]:
    """Where to go when nothing was found: the largest brands and coins."""
    ways = []
    for facet in ("brand", "coin"):
        ranked = sorted(shelf.codes(facet), key=lambda code: -shelf.set_of(facet, code).bit_count())
        ways += [(label_of(shelf, facet, code, g.locale), _place(facet, code)) for code in ranked[:5]]
    return ways
