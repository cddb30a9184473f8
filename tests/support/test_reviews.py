"""Not content: a second review by another person with a clock of its own, and the authorities. Clause 7.2b."""

import pytest
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import make_token
from app.notifications.models import OutboxMessage
from app.notifications.texts import TEMPLATES
from app.support.answering import OwnAnswer, answer_ticket
from app.support.asking import NotReviewable, Question, ask_review, open_ticket
from app.support.models import Ticket
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.backoffice.builders import Desk

AUTHORITIES = {
    "zh-cn": ("网信", "电信", "公安", "市场监管", "工商"),
    "en": ("cyberspace", "telecommunications", "public security", "market regulation"),
}


def an_answered_ticket(asker=None, by=None) -> Ticket:
    ticket = open_ticket(Question("buying", "为什么？"), asker, now())
    answer_ticket(ticket, "就是这样。", by or a_staff_member(), now())
    return ticket


@pytest.mark.clause("7.2b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_every_final_answer_names_the_review_and_the_authorities(app, client, lang):
    first = an_answered_ticket()
    review = ask_review(first, "没有回答我的问题", now())
    answer_ticket(review, "复核结果。", a_staff_member(), now())
    for ticket in (first, review):
        page = client.get(f"/{lang}/contact/{ticket.key}").text
        assert all(word in page for word in AUTHORITIES[lang])


@pytest.mark.clause("7.2b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_so_does_every_message_that_carries_a_final_answer(app, lang):
    an_answered_ticket(an_account(language=lang))
    sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "ticket.answered")).all()
    assert {message.channel for message in sent} == {"site", "sms"}
    said = TEMPLATES["ticket.answered"].text_in(lang, {"ticket": "W1"})
    assert all(word in said for word in AUTHORITIES[lang])


@pytest.mark.clause("7.2b")
def test_the_reviewer_is_another_person_than_the_author(app):
    author, desk = a_staff_member(), Desk(app, "clerk")
    review = ask_review(an_answered_ticket(by=author), "不满意", now())
    with pytest.raises(OwnAnswer):
        answer_ticket(review, "我再说一遍", author, now())
    own = ask_review(an_answered_ticket(by=desk.account), "不满意", now())
    assert desk.post(f"/questions/{own.id}", "AnswerForm", {"text": "again"}).status_code == 403
    assert desk.post(f"/questions/{review.id}", "AnswerForm", {"text": "looked anew"}).status_code == 303


@pytest.mark.clause("7.2b")
def test_a_review_is_asked_for_on_the_page_without_cookies_and_has_a_clock_of_its_own(app):
    client, ticket = app.test_client(use_cookies=False), an_answered_ticket()
    with app.test_request_context():
        token = make_token("ReviewForm")
    sent = client.post(f"/en/contact/{ticket.key}/review", data={"form_token": token, "why": "Not what I asked"})
    assert sent.status_code == 303 and "Not what I asked" in client.get(sent.location).text
    review = db.session.scalars(select(Ticket).where(Ticket.reviews_id == ticket.id)).one()
    assert (review.due_at - review.opened_at).days == 10 and review.subject_id != ticket.subject_id


def test_an_empty_wish_is_refused_at_the_field(app, client):
    ticket = an_answered_ticket()
    client.get(f"/en/contact/{ticket.key}")
    assert client.post(f"/en/contact/{ticket.key}/review", data={"why": ""}).status_code == 422


def test_nothing_is_reviewed_before_its_answer_nor_twice(app):
    waiting = open_ticket(Question("buying", "为什么？"), None, now())
    answered = an_answered_ticket()
    review = ask_review(answered, "不满意", now())
    answer_ticket(review, "复核结果。", a_staff_member(), now())
    for ticket in (waiting, answered, review):
        with pytest.raises(NotReviewable):
            ask_review(ticket, "再来", now())


def test_a_member_finds_the_question_by_the_number_of_the_message_and_nobody_else_does(app, client):
    asker = an_account()
    ticket = an_answered_ticket(asker)
    other = signed_in(app.test_client(), an_account())
    signed_in(client, asker)
    assert client.get(f"/en/contact/number/{ticket.number}").location == f"/en/contact/{ticket.key}"
    assert other.get(f"/en/contact/number/{ticket.number}").status_code == 404
