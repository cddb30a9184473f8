"""The public notice of each breach: for those whom nothing else reaches, and for everybody. Clause 5.1.5b."""

from flask import Blueprint, g, render_template

from app.breaches.queries import in_words, released
from app.foundation.database import db

bp = Blueprint("breaches", __name__)
SHOWN = 50


@bp.get("/privacy/breaches")
def breaches() -> str:
    found = db.session.scalars(released().limit(SHOWN)).all()
    return render_template("breaches/breaches.html", breaches=found, in_words=in_words, locale=g.locale)
