"""The list of news, one piece of it, and the feed of both languages. Without cookies, script or sign-in."""

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from app.foundation.database import db
from app.foundation.errors import NotFound
from app.news.models import NewsItem
from app.news.queries import public_news
from app.news.telling import new_terms, newest, told_item
from app.settings import current_settings

bp = Blueprint("news", __name__)
PER_PAGE = 20
ITEM = "/news/<int(max=9223372036854775807):item_id>"


@bp.get("/news")
def listing() -> str:
    """New versions of our terms stand on the first page alone."""
    page = _page(request.args.get("page", ""))
    rows = public_news().limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)
    found = [told_item(item, g.locale) for item in db.session.scalars(rows)]
    terms = new_terms() if page == 1 else []
    return render_template(
        "news/listing.html", news=found[:PER_PAGE], terms=terms, page=page, has_older=len(found) > PER_PAGE
    )


@bp.get(ITEM)
def item(item_id: int) -> str:
    found = db.session.get(NewsItem, item_id)
    if found is None or not found.is_public:
        raise NotFound
    return render_template("news/item.html", told=told_item(found, g.locale))


@bp.get("/news.atom")
def feed() -> ResponseReturnValue:
    """RFC 4287."""
    entries = newest(db.session(), g.locale)
    changed = max((entry.changed_at for entry in entries), default=None)
    text = render_template("news/feed.xml", entries=entries, changed=changed, site=current_settings().site_url)
    return Response(text, mimetype="application/atom+xml")


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
