"""The blocks of suggestions on a page, and what a product page leaves in this browser for them. Clauses 2.5, 3.2(2)."""

from dataclasses import replace

from flask import render_template, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.catalog.addresses import locale, product_urls
from app.catalog.facets import Shelf
from app.catalog.listing import rows_of
from app.catalog.rows import MachineRow
from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import now
from app.foundation.database import db
from app.privacy.changing_prefs import change_prefs
from app.privacy.choices import Choices, choices_of
from app.privacy.personal_service import personal_service
from app.privacy.prefs import prefs_of
from app.recommendations.choosing import Suggested, after_searching, after_viewing
from app.search.history import searches_of

Block = tuple[Suggested, list[MachineRow]]


def own_suggestions(viewed: str = "") -> Markup:
    """Blocks for whoever has switched personal service on; nothing for everybody else, to whom nothing is asked.

    On a product page `viewed` is the code of its SKU: it is not suggested there, and remembered after.
    """
    choices = choices_of(request)
    if not choices.personal or request.method != "GET":
        return Markup()
    codes = [code for code in prefs_of(request).viewed if code != viewed]
    blocks = _blocks(db.session(), shelf_now(), codes, [] if viewed else _searched(choices))
    if viewed:
        change_prefs(lambda kept: kept.with_viewed(viewed, choices))
        if not blocks:
            return Markup()
    page = render_template("recommendations/_blocks.html", blocks=blocks, here=request.full_path.rstrip("?"))
    return Markup(page)  # noqa: S704  # nosec B704 - made by a template, which escapes


def _searched(choices: Choices) -> list[str]:
    """What this person searched for last: the member's own history, or what a guest's browser brings."""
    if not current_user.is_authenticated:
        return list(prefs_of(request).searches)
    with personal_service(choices):
        return [row.term for row in searches_of(db.session(), current_user.subject_id, now())]


def _blocks(session: Session, shelf: Shelf, codes: list[str], terms: list[str]) -> list[Block]:
    """What is in the first block is not repeated in the second."""
    found = [each for each in (after_viewing(session, shelf, codes), after_searching(session, shelf, terms)) if each]
    blocks, shown = list[Block](), set[int]()
    for each in found:
        fresh = replace(each, sku_ids=[sku_id for sku_id in each.sku_ids if sku_id not in shown])
        if fresh.sku_ids:
            blocks.append((fresh, rows_of(shelf, session, fresh.sku_ids, locale(), product_urls())))
            shown.update(fresh.sku_ids)
    return blocks
