"""The consents that a person gave, each seen, given and withdrawn with one button. Clauses 4.1.1(1), 4.1.2, P.5."""

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import answers_once
from app.foundation.recipients import named_recipients
from app.privacy.choices import choices_of
from app.privacy.consenting import give_consent, share_consents_of, withdraw_consent
from app.privacy.offering import offers_to
from app.privacy.views import bp
from app.privacy.views.terms import answer
from app.privacy.who_saw import consents_of

SHOWN = 20


@bp.get("/privacy/consents")
@login_required
def consents() -> Response:
    session, me = db.session(), current_user.audit_ref
    given = session.scalars(share_consents_of(me).limit(SHOWN)).all()
    standing = {(row.recipient, row.purpose) for row in given if row.withdrawn_at is None}
    offers = offers_to(session, me, g.locale, today())
    page = render_template(
        "privacy/consents.html", given=given, recipients=named_recipients(session, given), choices=choices_of(request),
        offers=[each for each in offers if (each.recipient.code, each.purpose) not in standing],
        agreed=session.scalars(consents_of(me).limit(SHOWN)).all(),
    )  # fmt: skip
    return personal_page(make_response(page))


@bp.post("/privacy/consents/<recipient>/<purpose>/<digest>")
@login_required
@answers_once
def consent(recipient: str, purpose: str, digest: str) -> ResponseReturnValue:
    """Agree to the text of that digest, which the page showed; to another that took its place nobody agrees."""
    me = current_user.audit_ref
    offers = offers_to(db.session(), me, g.locale, today())
    offer = next((each for each in offers if (each.recipient.code, each.purpose) == (recipient, purpose)), None)
    if offer is None:
        abort(404)
    if offer.digest != digest:
        return redirect(url_for("privacy.consents", done="consent-reworded"), 303)
    return answer(
        "consent.give", "consent-given",
        lambda _: give_consent(me, recipient, offer.purpose, lang=g.locale, shown=offer.shown, at=now()),
        "privacy.consents",
    )  # fmt: skip


@bp.post("/privacy/consents/<int:consent_id>/withdrawal")
@login_required
@answers_once
def withdraw(consent_id: int) -> ResponseReturnValue:
    me = current_user.audit_ref
    return answer(
        "consent.withdraw", "consent-withdrawn", lambda _: withdraw_consent(me, consent_id, now()), "privacy.consents"
    )
