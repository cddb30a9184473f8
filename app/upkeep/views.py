"""`/status`: how the shop's upkeep stands, for everybody. Clause 5.1.5a."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.status import conditions

bp = Blueprint("upkeep", __name__)
root_bp = Blueprint("status", __name__)


@root_bp.get("/status")
def status() -> Any:
    """For machines that ask for JSON, how each line stands; people are led to the page. 200 however it stands."""
    if request.accept_mimetypes.best != "application/json":
        return redirect(url_for("upkeep.status"))
    found = conditions(db.session(), now())
    return jsonify(
        {name: {"well": line.is_well, "at": line.at and line.at.isoformat()} for name, line in found.items()}
    )


@bp.get("/status", endpoint="status")
def page() -> Any:
    """The lines in words."""
    at = now()
    return render_template("upkeep/status.html", lines=conditions(db.session(), at).values(), at=at)
