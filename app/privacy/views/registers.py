"""Registers that anybody can read: fields that may hold something about a person, and the proof of each clause."""

from flask import g, render_template

from app.foundation.clock import today
from app.foundation.personal_data import REGISTER as FIELDS
from app.privacy.links import link_of
from app.privacy.policy import current_policy
from app.privacy.proof import read_result, rows_of
from app.privacy.views import bp


@bp.get("/privacy/proof")
def proof() -> str:
    result = read_result()
    by_id = {clause.id: clause for clause in current_policy(today()).texts[g.locale].clauses}
    return render_template(
        "privacy/proof.html", result=result, rows=rows_of(result), by_id=by_id, counts=link_of("counts")
    )


@bp.get("/privacy/fields")
def fields() -> str:
    declared = sorted(FIELDS, key=lambda field: (field.table, field.name))
    return render_template("privacy/fields.html", fields=declared, text=current_policy(today()).texts[g.locale])
