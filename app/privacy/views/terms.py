"""What somebody agreed to, and what they answer to a new version: seen, or agreed. Clauses 6.1a, 6.2, 2b."""

from collections.abc import Callable

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.ways import own_path
from app.privacy.acceptance import accept, acceptances_of
from app.privacy.acknowledging import acknowledge
from app.privacy.agreed_terms import standing_of
from app.privacy.news import News, news_for, news_for_everybody
from app.privacy.policy import UnknownVersion, policy_version
from app.privacy.texts import Version
from app.privacy.views import bp
from app.privacy.words import TITLES

_VERSION = "/privacy/terms/<any(policy, agreement, rules):document>/<version>"


@bp.get("/privacy/terms")
@login_required
def terms() -> Response:
    session, me = db.session(), current_user.audit_ref
    page = render_template(
        "privacy/terms.html", standing=standing_of(session, me, today()), agreed=acceptances_of(session, me),
        titles=TITLES, lang=g.locale,
    )  # fmt: skip
    return personal_page(make_response(page))


@bp.post(f"{_VERSION}/agreement")
@login_required
@answers_once
def agree(document: str, version: str) -> ResponseReturnValue:
    wanted = _version_or_404(document, version)
    return answer(
        "terms.agree", "terms-agreed",
        lambda session: accept(
            session, current_user.audit_ref, version, g.locale, wanted.hash(g.locale), now(), document
        ),
    )  # fmt: skip


@bp.post(f"{_VERSION}/acknowledgement")
@login_required
@answers_once
def seen(document: str, version: str) -> ResponseReturnValue:
    _version_or_404(document, version)
    return answer(
        "terms.seen", "terms-seen",
        lambda session: acknowledge(session, current_user.audit_ref, document, version, now()),
    )  # fmt: skip


def news_of_request() -> list[News]:
    """What the page of this request has to tell whoever reads it."""
    if current_user.is_authenticated:
        return news_for(db.session(), current_user.audit_ref, today())
    return news_for_everybody(today())


def answer(
    button: str, notice: str, act: Callable[[Session], object], page: str = "privacy.terms"
) -> ResponseReturnValue:
    """Do what a button asks, once however often it is sent, and lead back to the page that had it."""
    if not button_pressed(button):
        abort(400)
    back = own_path(request.args.get("next"), url_for(page))

    def acting() -> str:
        with transaction() as session:
            act(session)
        return f"{back}{'&' if '?' in back else '?'}done={notice}"

    return redirect(once(this_sending(), acting, now()), 303)


def _version_or_404(document: str, version: str) -> Version:
    try:
        return policy_version(version, document)
    except UnknownVersion:
        abort(404)
