"""The desk of questions: the most urgent first, read on the ledger, answered once where the asker finds it."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.support.answering import answer_ticket
from app.support.asking import Question, open_ticket
from app.support.models import Answer, Ticket
from tests.accounts.builders import a_staff_member, an_account
from tests.backoffice.builders import Desk

TEXT, CONTACT, REPLY = "矿机什么时候发货<b>?", "13900139000", "周三发货。\n请留意短信。"


def a_question(topic: str = "delivery", days_ago: int = 0, asker=None) -> Ticket:
    return open_ticket(Question(topic, TEXT, CONTACT), asker, now() - timedelta(days=days_ago))


def send(desk: Desk, ticket: Ticket, text: str):
    return desk.post(f"/questions/{ticket.id}", "AnswerForm", {"text": text})


def looks() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "ticket.read")))


def answers() -> list[str]:
    with purpose(Purpose.SERVICE):
        return [answer.text for answer in db.session.scalars(select(Answer))]


@pytest.mark.clause("P.4")
def test_the_list_names_the_most_urgent_first_and_marks_what_is_overdue(app):
    a_question("buying", 2)
    a_question("privacy", 11)
    page = Desk(app, "clerk").get("/questions").text
    assert page.index("Privacy and my data") < page.index("Buying and machines")
    assert page.count("Overdue") == 1


def test_an_answered_question_leaves_the_list_and_the_count_of_today(app):
    desk, ticket = Desk(app, "manager"), a_question()
    assert "1 waits for an answer" in desk.get("/questions").text
    assert send(desk, ticket, REPLY).headers["Location"].endswith("/desk/questions?done=desk_question_answered")
    assert "0 wait for an answer" in desk.get("/questions").text


@pytest.mark.clause("7.1")
def test_the_asker_reads_the_answer_line_by_line_on_the_page_of_the_question(app, client):
    ticket = a_question()
    send(Desk(app, "clerk"), ticket, REPLY)
    assert answers() == [REPLY]
    assert REPLY in client.get(f"/zh-cn/contact/{ticket.key}").text


@pytest.mark.clause("5.1.1d")
def test_the_list_shows_neither_text_nor_contact(app):
    a_question()
    page = Desk(app, "clerk").get("/questions").text
    assert TEXT[:8] not in page and CONTACT not in page


@pytest.mark.clause("5.1.1d")
def test_each_look_at_a_question_is_on_the_ledger_of_the_asker(app):
    asker, desk = an_account(), Desk(app, "clerk")
    page = desk.get(f"/questions/{a_question(asker=asker).id}")
    assert CONTACT in page.text and "&lt;b&gt;" in page.text and page.headers["Cache-Control"] == "no-store"
    assert [(entry.actor, entry.subject) for entry in looks()] == [(desk.account.audit_ref, asker.audit_ref)]


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(("lang", "mark"), [("en", "Careful: this message"), ("zh-cn", "请当心：这条消息")])
def test_the_clerk_sees_the_mark_on_a_question_that_offers_payment_elsewhere(app, lang, mark):
    desk, clean = Desk(app, "clerk"), a_question()
    offer = open_ticket(Question("payment", "货款转账到我微信：kj8899"), None, now())
    marked = desk.get(f"/questions/{offer.id}", lang).text
    assert mark in marked and marked.index(mark) < marked.index("kj8899")
    assert mark not in desk.get(f"/questions/{clean.id}", lang).text


@pytest.mark.clause("2.4")
def test_the_asker_sees_the_mark_on_an_answer_that_does_and_the_ledger_keeps_it(app, client):
    ticket, clerk = a_question(), a_staff_member()
    answer_ticket(ticket, "请打到我的卡 6222 0212 3456 7890 128", clerk, now())
    assert "请当心：这条消息" in client.get(f"/zh-cn/contact/{ticket.key}").text
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "ticket.answered")).one()
    assert (entry.actor, entry.facts) == (clerk.audit_ref, {"offers": ["account", "payment"]})


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "a\x00b", "\x1b[31m"])
def test_a_bad_answer_is_refused_at_the_field_and_sends_nothing(app, text):
    ticket = a_question()
    answer = send(Desk(app, "clerk"), ticket, text)
    assert (answer.status_code, answers()) == (422, [])
    assert 'id="text-error"' in answer.text


def test_a_stale_form_keeps_what_was_typed(app):
    desk, ticket = Desk(app, "clerk"), a_question()
    answer = desk.client.post(f"/en/desk/questions/{ticket.id}", data={"text": "typed at length", "form_token": "old"})
    assert (answer.status_code, answers()) == (422, [])
    assert "typed at length" in answer.text


def test_the_second_of_two_answers_is_refused_and_kept_in_the_form(app):
    desk, ticket = Desk(app, "clerk"), a_question()
    answer_ticket(ticket, "the first", a_staff_member(), now())
    answer = send(desk, ticket, "the second")
    assert (answer.status_code, answers()) == (409, ["the first"])
    assert "Somebody has already answered" in answer.text and "the second" in answer.text


def test_an_unknown_question_is_not_found(app):
    desk = Desk(app, "clerk")
    assert desk.get("/questions/7").status_code == 404
    assert desk.post("/questions/7", "AnswerForm", {"text": "hello"}).status_code == 404
    assert desk.get("/questions/99999999999999999999").status_code == 404


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("role", ["finance", "marketer"])
def test_money_and_marketing_read_no_questions(app, role):
    ticket, desk = a_question(), Desk(app, role)
    assert {desk.get("/questions").status_code, desk.get(f"/questions/{ticket.id}").status_code} == {403}
    assert send(desk, ticket, REPLY).status_code == 403
    assert (looks(), answers()) == ([], [])


@pytest.mark.parametrize("lang", ["en", "zh-cn"])
def test_the_list_asks_the_database_as_often_for_forty_rows_as_for_one(app, lang):
    desk = Desk(app, "clerk")
    a_question()
    desk.get("/questions", lang)
    once = _statements(desk, lang)
    for day in range(40):
        a_question(days_ago=day % 9)
    assert _statements(desk, lang) == once


def _statements(desk: Desk, lang: str) -> int:
    seen = []
    listen = (db.engine, "before_cursor_execute", lambda *found: seen.append(found[2]))
    event.listen(*listen)
    try:
        assert desk.get("/questions", lang).status_code == 200
    finally:
        event.remove(*listen)
    return len(seen)
