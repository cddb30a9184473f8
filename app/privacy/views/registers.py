"""Registers that anybody can read: fields that may hold something about a person, and the proof of each clause."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.foundation.clock import today
from app.foundation.database import db
from app.privacy.cookie_guide import cookie_notes
from app.privacy.links import link_of
from app.privacy.partners import standings
from app.privacy.policy import current_policy
from app.privacy.proof import chapters_of, read_result, rows_of
from app.privacy.register import fields as fields_kept
from app.privacy.register import linked, log_fields, recipients_of
from app.privacy.views import bp


@bp.get("/privacy/proof")
def proof() -> str:
    result = read_result()
    by_id = {clause.id: clause for clause in current_policy(today()).texts[g.locale].clauses}
    return render_template(
        "privacy/proof.html",
        result=result,
        chapters=chapters_of(rows_of(result)),
        by_id=by_id,
        counts=link_of("counts"),
    )


@bp.get("/privacy/fields")
def fields() -> ResponseReturnValue:
    """Where the register was before it held more than fields."""
    return redirect(url_for("privacy.register"), 301)


@bp.get("/privacy/register")
def register() -> str:
    """Everything that is kept about persons: what, why, in which class, how long, and who gets it."""
    rows = [(field, recipients_of(field)) for field in fields_kept()]
    return render_template(
        "privacy/register.html", rows=rows, linked=linked(), log=log_fields("log"), sealed=log_fields("sealed_log"),
        standings=standings(db.session(), today()), cookies=cookie_notes(request),
        text=current_policy(today()).texts[g.locale],
    )  # fmt: skip
