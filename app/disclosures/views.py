"""How often data was demanded, and what became of it: for everybody. Clause 4.3.2a."""

from flask import Blueprint, render_template

from app.disclosures.kinds import KINDS
from app.disclosures.queries import public_figures, research_figures
from app.foundation.database import db

bp = Blueprint("disclosures", __name__)


@bp.get("/privacy/requests")
def requests() -> str:
    session = db.session()
    return render_template(
        "disclosures/requests.html", figures=public_figures(session), kinds=KINDS, research=research_figures(session)
    )
