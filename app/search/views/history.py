"""What was searched for before: offered again, deleted one by one or all at once, switched off. Clause 1.1.2c.

A member's searches are in the store, a guest's in their own browser; the page says which.
"""

from dataclasses import replace

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import came_from_our_pages, personal_page
from app.foundation.notices import register_notices
from app.foundation.personal_data import Purpose, purpose
from app.privacy.changing_prefs import change_prefs
from app.privacy.policy import current_policy
from app.privacy.prefs import SEARCHES, prefs_of
from app.search.history import (
    forget_search,
    forget_searches,
    is_history_on,
    keep_search,
    most_kept,
    searches_of,
    switch_history,
)
from app.search.views import bp

register_notices(
    {
        "search_forgotten": ("good", _l("That search is deleted.")),
        "searches_forgotten": ("good", _l("All your searches are deleted.")),
        "searches_on": ("good", _l("From now on your searches are kept.")),
        "searches_off": ("good", _l("Your searches are kept no longer, and those kept before are deleted.")),
    }
)


def last_searches() -> list[str]:
    """What the reader of this page searched for, newest first."""
    if not current_user.is_authenticated:
        return list(prefs_of(request).searches)
    with purpose(Purpose.SERVICE):
        return [row.term for row in searches_of(db.session(), current_user.subject_id, now())]


def remember(typed: str) -> None:
    """Keep a search that was made on our own pages: a link from elsewhere writes nothing into anybody's history."""
    if request.method != "GET" or not came_from_our_pages():
        return
    if current_user.is_authenticated:
        keep_search(current_user._get_current_object(), typed, now())
    else:
        change_prefs(lambda kept: kept.with_search(typed))


@bp.get("/search/history")
def history() -> Response:
    is_member = current_user.is_authenticated
    page = render_template(
        "search/history.html",
        searched=last_searches(),
        most=most_kept(now()) if is_member else SEARCHES,
        is_on=not is_member or is_history_on(db.session(), current_user.id),
        kept=current_policy(today()).manifest.keep("history"),
    )
    return personal_page(make_response(page))


@bp.post("/search/history/deletion")
def forget() -> ResponseReturnValue:
    """One search, named by its words; without any, all of them."""
    if not button_pressed("search.history"):
        return _back("stale")
    typed = request.form.get("q", "")
    if not current_user.is_authenticated:
        change_prefs(lambda kept: replace(kept, searches=tuple(t for t in kept.searches if typed and t != typed)))
    elif typed:
        forget_search(current_user._get_current_object(), typed)
    else:
        forget_searches(current_user._get_current_object())
    return _back("search_forgotten" if typed else "searches_forgotten")


@bp.post("/search/history/switch")
@login_required
def switch() -> ResponseReturnValue:
    if not button_pressed("search.history"):
        return _back("stale")
    on = request.form.get("to") == "on"
    switch_history(current_user._get_current_object(), on=on, at=now())
    return _back("searches_on" if on else "searches_off")


def _back(done: str) -> Response:
    return redirect(url_for("search.history", done=done), 303)
