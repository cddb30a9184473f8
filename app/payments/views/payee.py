"""Our own account, for everybody who wants to verify it before paying."""

from flask import render_template

from app.foundation.clock import now
from app.foundation.database import db
from app.payments.payee import our_payee
from app.payments.views import bp


@bp.get("/payee")
def payee() -> str:
    return render_template("payments/payee.html", payee=our_payee(db.session()), at=now())
