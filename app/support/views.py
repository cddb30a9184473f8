"""Contact, the way back to an answer, and help."""

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import once, this_sending
from app.foundation.notices import register_notices
from app.foundation.personal_data import Purpose, purpose
from app.support import helping
from app.support.asking import NotReviewable, ask_review, open_ticket
from app.support.communications import PARTIES, exchanges_of
from app.support.finding import NoSuchTicket, ticket_of_guest
from app.support.forms import FindForm, QuestionForm, ReviewForm
from app.support.helping import topics_for
from app.support.models import Ticket
from app.support.old_browsers import OLDEST
from app.support.queries import own_ticket, ticket_by_key, tickets_of
from app.support.vocabulary import KINDS, TOPICS

bp = Blueprint("support", __name__)
LOGGED = 100
register_notices(
    {
        "asked": ("good", _l("We have your question. Keep the address of this page: the answer will be here.")),
        "review_asked": ("good", _l("Another person will look at it again. Keep the address of this page as well.")),
    }
)


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
    return _ticket_page(_ticket(key), ReviewForm())


@bp.post("/contact/<key>/review")
@limiter.limit("20/hour")
def review(key: str) -> ResponseReturnValue:
    found, form = _ticket(key), ReviewForm()
    if not form.validate_on_submit():
        return _ticket_page(found, form, 422)

    def asking() -> str:
        again = ask_review(found, form.why.data or "", now())
        return url_for("support.ticket", key=again.key, done="review_asked")

    try:
        return redirect(once(this_sending(), asking, now()), 303)
    except NotReviewable as refusal:
        form.why.errors = [*form.why.errors, refusal.text]
        return _ticket_page(found, form, refusal.status)


@bp.route("/contact/find", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
def find() -> ResponseReturnValue:
    """For guests whom an SMS, a call or a letter told that there is an answer."""
    form = FindForm()
    if not form.validate_on_submit():
        return personal_page(make_response(_find_page(form), 422 if form.is_submitted() else 200))
    try:
        found = ticket_of_guest(db.session(), form.number.data or "", form.contact.data or "")
    except NoSuchTicket as refusal:
        form.number.errors = [*form.number.errors, refusal.text]
        return personal_page(make_response(_find_page(form), refusal.status))
    return redirect(url_for("support.ticket", key=found.key), 303)


@bp.get("/contact/number/<number>")
@login_required
def numbered(number: str) -> ResponseReturnValue:
    """A member's own question by the number that our messages name."""
    found = db.session.scalars(own_ticket(current_user.id, number)).first()
    if found is None:
        abort(404)
    return redirect(url_for("support.ticket", key=found.key))


@bp.get("/contact/log")
@login_required
def log() -> ResponseReturnValue:
    """A member's communication log. Clause 1.2.1(5)."""
    exchanges = exchanges_of(db.session(), current_user.id, LOGGED)
    found = render_template("support/log.html", exchanges=exchanges, parties=PARTIES, most=LOGGED)
    return personal_page(make_response(found))


@bp.get("/help")
def help_home() -> str:
    """For members in the order of what they need now."""
    reader = current_user if current_user.is_authenticated else None
    order = topics_for(db.session(), reader, now())
    is_ordered = order != list(helping.TOPICS)
    return render_template(
        "support/help.html", order=order, topics=helping.TOPICS, is_ordered=is_ordered, browsers=OLDEST.values()
    )


def _find_page(form: FindForm) -> str:
    return render_template("support/find.html", form=form)


def _ticket(key: str) -> Ticket:
    found = db.session.scalars(ticket_by_key(key)).first()
    if found is None or (found.account_id and found.account_id != getattr(current_user, "id", None)):
        abort(404)
    return found


def _ticket_page(found: Ticket, form: ReviewForm, status: int = 200) -> ResponseReturnValue:
    first = db.session.get(Ticket, found.reviews_id) if found.reviews_id else None
    with purpose(Purpose.SERVICE):
        page = render_template("support/ticket.html", ticket=found, first=first, form=form, topics=TOPICS, kinds=KINDS)
    return personal_page(make_response(page, status))
