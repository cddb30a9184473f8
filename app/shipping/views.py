"""What carriers reach: the tracking service's messages, and the consignee of one parcel behind a signed link."""

from flask import Blueprint, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.http_edge import from_anywhere, limiter, personal_page
from app.foundation.unknown_fields import knows
from app.shipping.carrier_links import open_link
from app.shipping.kuaidi100.protocol import ACCEPTED
from app.shipping.pushed import TAKEN, UNKNOWN, take_push

bp = Blueprint("shipping", __name__)
root_bp = Blueprint("carriers", __name__)


@root_bp.post("/carrier/kuaidi100/<int(max=9223372036854775807):parcel_id>")
@limiter.limit("600/minute")
@from_anywhere
def pushed(parcel_id: int) -> ResponseReturnValue:
    """Carries its own signature instead of a form token: it comes from the service, not from a page of ours."""
    knows({"param", "sign"})
    verdict = take_push(parcel_id, request.form.get("param", ""), request.form.get("sign", ""), now())
    if verdict in TAKEN:
        return jsonify(ACCEPTED)
    answer = jsonify({"result": False, "returnCode": "500", "message": verdict})
    return answer, 404 if verdict == UNKNOWN else 403


@bp.get("/carrier/<token>")
@limiter.limit("60/minute")
def delivery(token: str) -> ResponseReturnValue:
    """Read by whoever has the link; on the ledger before it is shown, indexed and kept by nobody."""
    found = open_link(db.session(), token, now())
    page = personal_page(make_response(render_template("shipping/delivery.html", delivery=found)))
    page.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
