"""/dev/sms: what the SMS simulator delivered, newest first. In production this module's route does not exist."""

from typing import Any

from flask import Blueprint, make_response, render_template

from app.foundation.http_edge import personal_page
from app.foundation.outbound import NoAnswer, look_at_stand_in
from app.settings import current_settings

bp = Blueprint("dev", __name__)
SHOWN = 50


@bp.get("/dev/sms")
def sms():
    return personal_page(make_response(render_template("notifications/dev_sms.html", messages=_inbox())))


def _inbox() -> list[dict[str, Any]] | None:
    """The simulator's inbox, fetched from it; None while it does not answer."""
    try:
        return list(look_at_stand_in(f"{current_settings().sms_endpoint}inbox").json())[:SHOWN]
    except (NoAnswer, ValueError):
        return None
