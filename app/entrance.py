"""The door without a language: `/` leads to the visitor's own, and the header's switch remembers a choice. Clause 2.2.

It leads by the kept preference, then by Accept-Language, and is never the only way in: every page has an address in
each language, and a visitor without cookies switches all the same.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app.foundation.languages import LANGUAGES, best_language, other_language_url
from app.privacy.prefs import prefs_of, save_prefs

bp = Blueprint("entrance", __name__)


@bp.get("/")
def lead() -> Response:
    """To the home page in the language kept in `prefs`, else in the browser's own."""
    kept = prefs_of(request).language
    language = kept if kept in LANGUAGES else best_language(request.accept_languages)
    answer = redirect(url_for("catalog.home", lang=language), 302)
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/language/<lang:to>")
def switch(to: str) -> Response:
    """Remember the language in this browser and go on to the page it was chosen on."""
    answer = redirect(_own_path(request.args.get("next", ""), to), 303)
    save_prefs(answer, replace(prefs_of(request), language=to))
    return answer


def language_switch_url(to: str) -> str:
    """The address behind the language switch: this very page in the other language, the choice remembered."""
    return url_for("entrance.switch", to=to, next=other_language_url(to))


def _own_path(address: str, language: str) -> str:
    """A path of this site in the language asked for; anything else leads to the home page."""
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and address.startswith(f"/{language}/") and "\\" not in address
    return address if own else url_for("catalog.home", lang=language)
