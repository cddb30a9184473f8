"""Who the new holder is, how to reach it, and how often anything was transferred: for everybody. Clauses 4.2, 4.2.4."""

from flask import Blueprint, render_template

from app.foundation.clock import now, today
from app.foundation.database import db
from app.privacy.scope import choices
from app.settings import current_settings
from app.transfers.deciding import may_be_made_from, notice
from app.transfers.kinds import KINDS
from app.transfers.queries import announcements, transfer_figures
from app.transfers.switch import are_on

bp = Blueprint("transfers", __name__)
SHOWN = 20


@bp.get("/privacy/transfers")
def transfers() -> str:
    session, until = db.session(), current_settings().transfers_until
    return render_template(
        "transfers/transfers.html", cases=session.scalars(announcements().limit(SHOWN)).all(),
        figures=transfer_figures(session), kinds=KINDS, until=until if are_on(now()) else None,
        free_from=may_be_made_from, days=notice().days, on=today(), words=choices(),
    )  # fmt: skip
