"""The messages page of a signed-in person."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user, login_required

from app.foundation.database import db, transaction
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.personal_data import Purpose, purpose
from app.notifications.pages import page_of
from app.notifications.queries import mark_all_read

bp = Blueprint("notifications", __name__)


@bp.get("/messages")
@login_required
def messages():
    page = page_of(db.session(), current_user.id, request.args.get("page", ""))
    with purpose(Purpose.SERVICE):
        return personal_page(make_response(render_template("notifications/messages.html", page=page)))


@bp.post("/messages/read")
@login_required
def read():
    if not button_pressed("messages.read"):
        abort(400)
    with transaction() as session:
        mark_all_read(session, current_user.id)
    return redirect(url_for("notifications.messages", done="messages_read"), 303)
