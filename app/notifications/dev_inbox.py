"""/dev/sms: what the SMS simulator delivered, newest first. In production this module's route does not exist."""

from typing import Any

import requests
from flask import Blueprint, make_response, render_template

from app.foundation.http_edge import personal_page
from app.settings import current_settings

bp = Blueprint("dev", __name__)
SHOWN = 50


@bp.get("/dev/sms")
def sms():
    return personal_page(make_response(render_template("notifications/dev_sms.html", messages=_inbox())))


def _inbox() -> list[dict[str, Any]] | None:
    """The simulator's inbox, fetched from it; None while it does not answer."""
    try:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.get(f"{current_settings().sms_endpoint}inbox", timeout=(1, 3), allow_redirects=False)
            return list(answer.json())[:SHOWN]
    except (requests.RequestException, ValueError):
        return None
