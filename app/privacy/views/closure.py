"""What became of an application to close, for whoever has its signed address: no account is needed. Clause 5.2.2b."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from app.foundation.clock import now
from app.foundation.cookies import delete_cookie
from app.foundation.database import db
from app.foundation.http_edge import personal_page
from app.privacy.closure_checks import in_words
from app.privacy.closures import APPROVED, ERASED
from app.privacy.erasure_receipt import READABLE, closure_behind, erased_fields, kept_things, other_rows
from app.privacy.views import bp

OF_THE_ACCOUNT = ("sid", "device", "cart", "prefs")
"""Cookies that say who was signed in on this browser; the image on the page ends `visit` and `promo`."""


@bp.get("/privacy/closure/<token>")
def closure(token: str) -> ResponseReturnValue:
    found = closure_behind(db.session(), token, now())
    is_over = found.state in (APPROVED, ERASED)
    page = render_template(
        "privacy/closure.html",
        closure=found,
        obstacles=in_words(found.obstacles),
        erased=erased_fields(found),
        others=other_rows(found),
        kept=list(kept_things(found)),
        readable_until=found.erased_at and found.erased_at + READABLE,
        is_over=is_over,
    )
    answer = personal_page(make_response(page))
    for name in OF_THE_ACCOUNT if is_over else ():
        delete_cookie(answer, name)
    return answer
