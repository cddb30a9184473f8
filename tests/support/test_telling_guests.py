"""Guests hear of their answer by the way they left: SMS, or a colleague; and find it by number and contact. 7.2a."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.support.answering import NothingToTell, answer_ticket, note_told
from app.support.asking import Question, ask_review, open_ticket
from app.support.clocks import watch_clocks
from app.support.models import Ticket
from app.support.queries import tickets_to_tell
from tests.accounts.builders import a_staff_member, an_account
from tests.accounts.visiting import errors_in, send
from tests.backoffice.builders import Desk

NUMBER = "139 4400 0001"


def a_question(contact: str | None = None, channel: str = "page", asker=None, language: str = "zh-cn") -> Ticket:
    return open_ticket(Question("buying", "为什么？", contact, language=language), asker, now(), channel)


def answered(ticket: Ticket) -> Ticket:
    answer_ticket(ticket, "就是这样。", a_staff_member(), now())
    return ticket


def sms_to(number: str) -> list[tuple[str, str, dict[str, str]]]:
    with purpose(Purpose.SERVICE):
        rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "sms")).all()
        return [(row.code, row.language, row.facts()) for row in rows if row.number == number]


@pytest.mark.clause("7.2a")
@pytest.mark.parametrize("language", ["zh-cn", "en"])
def test_a_guest_who_left_a_mobile_number_gets_an_sms_in_the_language_of_the_question(app, language):
    ticket = answered(a_question(NUMBER, language=language))
    assert sms_to("+8613944000001") == [("ticket.answered", language, {"ticket": ticket.number})]
    assert ticket.told_at == ticket.answered_at and not ticket.is_to_be_told


@pytest.mark.clause("7.2a")
def test_the_holding_answer_goes_to_the_guests_number_as_well(app, clock):
    a_question(NUMBER)
    clock.travel(days=10)
    watch_clocks()
    assert [code for code, *_ in sms_to("+8613944000001")] == ["ticket.held"]


@pytest.mark.clause("7.2b")
def test_so_does_the_answer_of_a_second_review(app):
    answered(ask_review(answered(a_question(NUMBER)), "不满意", now()))
    assert [code for code, *_ in sms_to("+8613944000001")] == ["ticket.answered"] * 2


def test_nobody_is_listed_who_hears_of_it_anyhow(app):
    for ticket in (a_question(), a_question(NUMBER, "hotline"), a_question(asker=an_account())):
        answered(ticket)
    assert not db.session.scalars(tickets_to_tell()).all()


@pytest.mark.clause("7.2a")
@pytest.mark.parametrize(
    ("contact", "channel"), [("wang@example.com", "page"), ("上海市示例路 1 号", "letter"), (None, "mail")]
)
def test_others_are_told_by_a_colleague_and_wait_on_the_desk_until_then(app, contact, channel):
    desk = Desk(app, "clerk")
    ticket = a_question(contact, channel)
    assert desk.post(f"/questions/{ticket.id}/told", "backoffice.told").status_code == 409
    answered(ticket)
    assert f"/questions/{ticket.id}" in desk.get("/questions?show=tell").text
    assert "Askers to tell" in desk.get("").text
    assert "I have told the asker" in desk.get(f"/questions/{ticket.id}").text
    assert desk.post(f"/questions/{ticket.id}/told", "backoffice.told").status_code == 303
    assert f"/questions/{ticket.id}" not in desk.get("/questions?show=tell").text
    with pytest.raises(NothingToTell):
        note_told(ticket, desk.account, now())


@pytest.mark.clause("7.2a")
def test_a_holding_answer_is_told_and_the_real_one_again(app, clock):
    ticket, colleague = a_question("wang@example.com"), a_staff_member()
    clock.travel(days=10)
    watch_clocks()
    note_told(ticket, colleague, now())
    assert not ticket.is_to_be_told
    clock.travel(days=1)
    answered(ticket)
    assert ticket.is_to_be_told and db.session.scalars(tickets_to_tell()).all() == [ticket]


@pytest.mark.parametrize(("left", "typed"), [(NUMBER, "+86 13944000001"), ("Wang@Example.com", "wang@example.com ")])
def test_a_guest_finds_the_question_by_number_and_contact(client: FlaskClient, left, typed):
    ticket = answered(a_question(left))
    found = send(client, "/en/contact/find", number=f"{ticket.number[:5].lower()} {ticket.number[5:]}", contact=typed)
    assert found.status_code == 303 and "就是这样" in client.get(found.location).text


@pytest.mark.clause("5.1.1d")
def test_a_number_alone_another_contact_and_a_members_question_look_the_same(client: FlaskClient):
    guests, without, members = a_question(NUMBER), a_question(), a_question(NUMBER, asker=an_account())
    tries = [
        (guests.number, "13944000002"),
        (without.number, NUMBER),
        (members.number, NUMBER),
        ("W123456789012", NUMBER),
    ]
    answers = [send(client, "/en/contact/find", number=number, contact=contact) for number, contact in tries]
    assert {answer.status_code for answer in answers} == {422}
    assert len({tuple(errors_in(answer)) for answer in answers}) == 1
    assert all(number in answer.text for answer, (number, _) in zip(answers, tries, strict=True))


def test_an_empty_form_is_refused_at_its_fields(client: FlaskClient):
    assert len(errors_in(send(client, "/en/contact/find", number="", contact=""))) == 2
