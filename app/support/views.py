"""Contact, the way back to an answer, and help."""

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import once, this_sending
from app.foundation.notices import register_notices
from app.foundation.personal_data import Purpose, purpose
from app.support.asking import TOPICS, open_ticket
from app.support.forms import QuestionForm
from app.support.old_browsers import OLDEST
from app.support.queries import ticket_by_key, tickets_of

bp = Blueprint("support", __name__)
register_notices(
    {"asked": ("good", _l("We have your question. Keep the address of this page: the answer will be here."))}
)
HELP = ("buying", "remitting", "delivery", "after-sales", "invoices", "browsers")


@bp.get("/contact")
def contact() -> str:
    mine = db.session.scalars(tickets_of(current_user.id)).all() if current_user.is_authenticated else []
    return render_template("support/contact.html", form=QuestionForm(), mine=mine, topics=TOPICS)


@bp.post("/contact")
@limiter.limit("20/hour")
def ask() -> ResponseReturnValue:
    form = QuestionForm()
    if not form.validate_on_submit():
        return render_template("support/contact.html", form=form, mine=[], topics=TOPICS), 422
    asker = current_user if current_user.is_authenticated else None

    def asking() -> str:
        return url_for("support.ticket", key=open_ticket(form.question(), asker, now()).key, done="asked")

    return redirect(once(this_sending(), asking, now()), 303)


@bp.get("/contact/<key>")
def ticket(key: str) -> ResponseReturnValue:
    found = db.session.scalars(ticket_by_key(key)).first()
    if found is None or (found.account_id and found.account_id != getattr(current_user, "id", None)):
        abort(404)
    with purpose(Purpose.SERVICE):
        page = render_template("support/ticket.html", ticket=found, topics=TOPICS)
    return personal_page(make_response(page))


@bp.get("/help")
def help_home() -> str:
    return render_template("support/help.html", pages=HELP, browsers=OLDEST.values())
