"""What is held about the person who looks, and the copy of it. Clause P.5."""

from flask import Response, g, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.audit import record
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.http_edge import personal_page
from app.foundation.web_session import IDLE, current_session
from app.privacy.links import link_of
from app.privacy.my_data import copy_of, held_about
from app.privacy.policy import current_policy
from app.privacy.views import bp


@bp.get("/privacy/data")
def data() -> Response:
    held = held_about(db.session(), current_user.subject_id) if current_user.is_authenticated else []
    page = render_template(
        "privacy/data.html",
        held=held,
        text=current_policy(today()).texts[g.locale],
        may_copy=_proven_lately(),
        link_of=link_of,
    )
    return personal_page(make_response(page))


@bp.get("/privacy/data/copy")
@login_required
def data_copy() -> ResponseReturnValue:
    """The machine-readable copy; a browser that stayed signed in has to prove the person first (CLAUSES.md A.3)."""
    if not _proven_lately():
        return redirect(url_for("privacy.data", done="prove-first"), 303)
    with transaction():
        record("data.copied", actor=current_user.audit_ref, subject=current_user.audit_ref)
    answer = jsonify(copy_of(held_about(db.session(), current_user.subject_id)))
    answer.headers["Content-Disposition"] = 'attachment; filename="yunshang-my-data.json"'
    return personal_page(answer)


def _proven_lately() -> bool:
    signed_in = current_session()
    return signed_in is not None and now() - signed_in.proven_at <= IDLE
