"""Questions that wait for an answer, the most urgent first, and the page on which one is answered."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from app.backoffice.forms.questions import AnswerForm, TypedTicketForm
from app.backoffice.paging import page_of
from app.backoffice.questions import question_for_staff
from app.backoffice.views import bp
from app.backoffice.views.answers import do_once, done, page, url_of_page, wanted_page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.foundation.personal_data import Purpose, purpose
from app.support.answering import AlreadyAnswered, OwnAnswer, answer_ticket, note_told
from app.support.asking import open_ticket
from app.support.queries import tickets_to_tell, tickets_waiting
from app.support.vocabulary import CHANNELS, KINDS, TOPICS

QUESTION = "/questions/<int(max=9223372036854775807):ticket_id>"


@bp.get("/questions")
@requires("tickets.answer")
def questions() -> Any:
    to_tell = request.args.get("show") == "tell"
    rows = tickets_to_tell() if to_tell else tickets_waiting()
    tickets, pager = page_of(db.session(), rows, wanted_page(), url_of_page)
    return page("questions", tickets=tickets, pager=pager, to_tell=to_tell, topics=TOPICS, kinds=KINDS, at=now())


@bp.get("/questions/new")
@requires("tickets.answer")
def type_question() -> Any:
    return page("question_new", form=TypedTicketForm(None, received_on=today()))


@bp.post("/questions/new")
@requires("tickets.answer")
@answers_once
def keep_question() -> Any:
    """A ticket for who called or wrote a letter. Its clock runs from receipt."""
    form, at = TypedTicketForm(), now()
    if not form.validate_on_submit():
        return page("question_new", 422, form=form)
    received = form.received_at(at)
    return do_once(
        lambda: open_ticket(form.question(), None, received, form.channel.data), "question_kept", "backoffice.questions"
    )


@bp.get(QUESTION)
@requires("tickets.answer")
def question(ticket_id: int) -> Any:
    return _page(ticket_id, AnswerForm(None))


@bp.post(QUESTION)
@requires("tickets.answer")
def answer_question(ticket_id: int) -> Any:
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(ticket_id, form, 422)
    ticket = question_for_staff(db.session(), ticket_id, current_user.audit_ref)
    try:
        answer_ticket(ticket, form.text.data or "", current_user, now())
    except (AlreadyAnswered, OwnAnswer) as refusal:
        form.text.errors = [*form.text.errors, refusal.text]
        return _page(ticket_id, form, refusal.status)
    return done("question_answered", "backoffice.questions")


@bp.post(f"{QUESTION}/told")
@requires("tickets.answer")
def asker_told(ticket_id: int) -> Any:
    if not button_pressed("backoffice.told"):
        abort(400)
    note_told(question_for_staff(db.session(), ticket_id, current_user.audit_ref), current_user, now())
    return done("asker_told", "backoffice.questions", show="tell")


def _page(ticket_id: int, form: AnswerForm, status: int = 200) -> Any:
    ticket = question_for_staff(db.session(), ticket_id, current_user.audit_ref)
    first = question_for_staff(db.session(), ticket.reviews_id, current_user.audit_ref) if ticket.reviews_id else None
    with purpose(Purpose.SERVICE):
        return page(
            "question",
            status,
            ticket=ticket,
            first=first,
            form=form,
            topics=TOPICS,
            kinds=KINDS,
            channels=CHANNELS,
            at=now(),
        )
