"""What the end of the service means for whoever has an account, or nothing where none is announced. Clause 5.2.3."""

from flask import render_template

from app.privacy.policy import deadline
from app.privacy.views import bp


@bp.get("/service-end")
def service_end() -> str:
    return render_template("privacy/service_end.html", notice_days=deadline("service_end.notice").days)
