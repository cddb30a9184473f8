"""/dev/sms and /dev/mail: what the simulators delivered, newest first. In production these routes do not exist."""

from typing import Any

from flask import Blueprint, make_response, render_template

from app.foundation.http_edge import personal_page
from app.foundation.outbound import NoAnswer, look_at_stand_in
from app.settings import current_settings

bp = Blueprint("dev", __name__)
SHOWN = 50


@bp.get("/dev/sms")
def sms():
    messages = _inbox(f"{current_settings().sms_endpoint}inbox")
    return personal_page(make_response(render_template("notifications/dev_sms.html", messages=messages)))


@bp.get("/dev/mail")
def mail():
    messages = _inbox(current_settings().mail_inbox)
    return personal_page(make_response(render_template("notifications/dev_mail.html", messages=messages)))


def _inbox(address: str) -> list[dict[str, Any]] | None:
    """A simulator's inbox, fetched from it; None while it does not answer."""
    try:
        return list(look_at_stand_in(address).json())[:SHOWN]
    except (NoAnswer, ValueError):
        return None
