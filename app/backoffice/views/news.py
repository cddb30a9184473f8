"""News: the list with drafts and what was withdrawn, writing, publishing, withdrawing."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from app.backoffice.forms.news import NewsForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import do_once, done, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.news.models import NewsItem
from app.news.queries import all_news
from app.news.writing import change_news, draft_news, publish_news, withdraw_news

ITEM = "/news/<int(max=9223372036854775807):item_id>"


@bp.get("/news")
@requires("news.publish")
def news() -> Any:
    items, pager = page_of(db.session(), all_news(), wanted_page(), url_of_page)
    return page("news", items=items, pager=pager)


@bp.get("/news/new")
@requires("news.publish")
def new_news() -> Any:
    return page("news_item", form=NewsForm(None), item=None)


@bp.post("/news/new")
@requires("news.publish")
@answers_once
def keep_news() -> Any:
    form = NewsForm()
    if not form.validate_on_submit():
        return page("news_item", 422, form=form, item=None)
    return do_once(lambda: draft_news(form.story(), current_user.audit_ref, now()), "news_drafted", "backoffice.news")


@bp.route(ITEM, methods=["GET", "POST"])
@requires("news.publish")
def news_item(item_id: int) -> Any:
    found = db.session.get(NewsItem, item_id)
    if found is None:
        raise NotFound
    form = NewsForm()
    if request.method == "GET":
        form.show(found)
        return page("news_item", form=form, item=found)
    if not form.validate_on_submit():
        return page("news_item", 422, form=form, item=found)
    change_news(item_id, form.story(), current_user.audit_ref, now())
    return done("news_changed", "backoffice.news_item", item_id=item_id)


@bp.post(f"{ITEM}/publication")
@requires("news.publish")
def publish_one(item_id: int) -> Any:
    _pressed()
    publish_news(item_id, current_user.audit_ref, now())
    return done("news_published", "backoffice.news")


@bp.post(f"{ITEM}/withdrawal")
@requires("news.publish")
def withdraw_one(item_id: int) -> Any:
    _pressed()
    withdraw_news(item_id, current_user.audit_ref, now())
    return done("news_withdrawn", "backoffice.news")


def _pressed() -> None:
    if not button_pressed("backoffice.news"):
        abort(400)
