"""Questions: taken from anybody, sealed, dated, answered where only the asker finds them. Clauses P.4, 7.1."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import make_token
from app.foundation.personal_data import Purpose, purpose
from app.support.answering import AlreadyAnswered, answer_ticket
from app.support.asking import Question, open_ticket
from app.support.models import Ticket
from tests.accounts.builders import a_staff_member, an_account, signed_in

CANARY = "问题金丝雀-13800138000"


def ask(client, app, **fields):
    with app.test_request_context():
        token = make_token("QuestionForm")
    data = {"form_token": token, "topic": "delivery", "text": CANARY, **fields}
    return client.post("/zh-cn/contact", data=data)


def the_ticket() -> Ticket:
    return db.session.scalars(select(Ticket)).one()


@pytest.mark.clause("P.4")
@pytest.mark.clause("7.1")
def test_a_guest_without_cookies_gets_a_ticket_with_the_policys_clock(app):
    client = app.test_client(use_cookies=False)
    answer = ask(client, app)
    assert answer.status_code == 303
    assert the_ticket().due_at - the_ticket().opened_at == timedelta(days=10)
    assert CANARY in client.get(answer.location).text


@pytest.mark.clause("P.4")
def test_a_member_finds_their_questions_on_the_contact_page(app, client):
    signed_in(client, an_account())
    client.get("/zh-cn/contact")
    ticket = open_ticket(Question("buying", CANARY), an_account(), now())
    other = client.get(f"/zh-cn/contact/{ticket.key}")
    assert other.status_code == 404


@pytest.mark.clause("5.1.1c")
def test_the_question_is_sealed(app, client):
    ask(client, app)
    files = [file for file in app.extensions["settings"].instance_dir.rglob("*") if file.is_file()]
    assert not [file for file in files if CANARY.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "x" * 2001}, {"text": "a\x00b"}, {"topic": "nonsense"}, {"contact": "x" * 101},
     {"form_token": "stale"}],
)  # fmt: skip
def test_a_bad_question_is_refused_at_the_field_and_kept(app, client, fields):
    answer = ask(client, app, **{"contact": "13900139000", **fields})
    assert answer.status_code == 422
    assert not db.session.scalars(select(Ticket)).all()
    assert (fields.get("contact") or "13900139000") in answer.text


@pytest.mark.clause("7.2b")
def test_an_answer_names_the_authorities_and_stands_once(app, client):
    ticket = open_ticket(Question("buying", CANARY), None, now())
    clerk = a_staff_member()
    answer_ticket(ticket, "答复内容", clerk, now())
    page = client.get(f"/zh-cn/contact/{ticket.key}").text
    assert "答复内容" in page
    assert all(word in page for word in ("网信", "电信", "公安", "工商"))
    with pytest.raises(AlreadyAnswered):
        answer_ticket(ticket, "第二次", clerk, now())


def test_an_unknown_address_is_not_found(client):
    assert client.get("/zh-cn/contact/nothing-here").status_code == 404


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_help_needs_neither_cookies_nor_an_account(app, lang):
    page = app.test_client(use_cookies=False).get(f"/{lang}/help")
    assert page.status_code == 200
    assert all(f'id="{part}"' in page.text for part in ("buying", "remitting", "delivery", "after-sales", "invoices"))


def test_the_text_is_read_for_service_only(app):
    ticket = open_ticket(Question("buying", CANARY), None, now())
    with purpose(Purpose.SERVICE):
        assert ticket.text == CANARY
