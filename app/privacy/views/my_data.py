"""My data: what is held, for what, who got it, who looked, what was agreed to, and the copy. Clauses P.5, 4.1.3b."""

from flask import (
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.audit import record
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.http_edge import personal_page
from app.foundation.recipients import named_recipients
from app.foundation.web_session import IDLE, current_session
from app.privacy.choices import choices_of
from app.privacy.export import export
from app.privacy.links import link_of
from app.privacy.my_data import by_keeping, held_about
from app.privacy.people import people
from app.privacy.policy import current_policy
from app.privacy.views import bp
from app.privacy.who_saw import consents_of, disclosures_to, readings_of

SHOWN = 20


@bp.get("/privacy/data")
def data() -> Response:
    facts = _facts() if current_user.is_authenticated else {}
    text = current_policy(today()).texts[g.locale]
    return personal_page(make_response(render_template("privacy/data.html", text=text, link_of=link_of, **facts)))


@bp.get("/privacy/data/copy")
@login_required
def data_copy() -> ResponseReturnValue:
    """The machine-readable copy; a browser that stayed signed in has to prove the person first (CLAUSES.md A.3)."""
    if not _proven_lately():
        return redirect(url_for("privacy.data", done="prove-first"), 303)
    session = db.session()
    person = people().of_account(session, current_user.id) or abort(404)
    with transaction():
        record("data.copied", actor=current_user.audit_ref, subject=current_user.audit_ref)
    answer = Response(stream_with_context(export(session, person, now())), mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="yunshang-my-data.zip"'
    return personal_page(answer)


def _facts() -> dict[str, object]:
    session, ref = db.session(), current_user.audit_ref
    shares = session.scalars(disclosures_to(ref).limit(SHOWN)).all()
    return {
        "groups": by_keeping(held_about(session, current_user.subject_id)),
        "consents": session.scalars(consents_of(ref).limit(SHOWN)).all(),
        "disclosures": shares,
        "readings": readings_of(session, ref, SHOWN),
        "recipients": named_recipients(session, shares),
        "choices": choices_of(request),
        "may_copy": _proven_lately(),
    }


def _proven_lately() -> bool:
    signed_in = current_session()
    return signed_in is not None and now() - signed_in.proven_at <= IDLE
