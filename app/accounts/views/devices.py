"""Where the account is signed in, which browsers it trusts, and what happened lately. Clause 3.1.1d."""

from flask import Response, abort, url_for
from flask_login import current_user, login_required

from app.accounts.devices import devices_of, forget_device, forget_devices
from app.accounts.events import DEVICES_REVOKED, events_of, note
from app.accounts.links import EVENT_WORDS
from app.accounts.views.blueprint import bp, go_on, page
from app.foundation.clock import now
from app.foundation.cookies import delete_cookie
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.web_session import current_session, live_sessions, revoke, revoke_all
from app.measurement.looking_up import name_of_place

EVENTS_SHOWN = 20


@bp.get("/account/devices")
@login_required
def devices() -> Response:
    present = current_session()
    return page(
        "devices",
        sessions=list(live_sessions(current_user.id, now())),
        present=present.id if present else None,
        trusted=list(db.session.scalars(devices_of(current_user.id))),
        events=list(db.session.scalars(events_of(current_user.id).limit(EVENTS_SHOWN))),
        words=EVENT_WORDS,
        name_of_place=name_of_place,
    )


@bp.post("/account/devices/<int:session_id>/end")
@login_required
def end_one(session_id: int) -> Response:
    _check_button()
    if session_id not in [row.id for row in live_sessions(current_user.id, now())]:
        raise NotFound
    with transaction() as session:
        revoke(session, [session_id])
        note(session, current_user.id, DEVICES_REVOKED)
    return go_on(url_for("accounts.devices"), ["device_ended"])


@bp.post("/account/devices/end-others")
@login_required
def end_others() -> Response:
    _check_button()
    present = current_session()
    with transaction() as session:
        revoke_all(session, current_user.id, except_id=present.id if present else None)
        forget_devices(session, current_user.id)
        note(session, current_user.id, DEVICES_REVOKED)
    answer = go_on(url_for("accounts.devices"), ["devices_ended"])
    delete_cookie(answer, "device")
    return answer


@bp.post("/account/devices/trusted/<int:device_id>/forget")
@login_required
def forget(device_id: int) -> Response:
    _check_button()
    with transaction() as session:
        if not forget_device(session, current_user.id, device_id):
            raise NotFound
        note(session, current_user.id, DEVICES_REVOKED)
    return go_on(url_for("accounts.devices"), ["device_forgotten"])


def _check_button() -> None:
    if not button_pressed("accounts.devices"):
        abort(400)
