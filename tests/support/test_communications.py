"""With whom a member communicated, when and how long, and no word of it. Clause 1.2.1(5)."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import Keep
from app.privacy.keeping import RULES, began_before
from app.support.answering import answer_ticket
from app.support.asking import Question, open_ticket
from app.support.communications import exchanges_of
from app.support.models import SupportCall, Ticket
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.after_sales.builders import a_case
from tests.privacy.closures import erased

CANARY = "通信内容金丝雀"


def a_call(account: Account, minutes: int = 7) -> SupportCall:
    at = now()
    call = SupportCall(account_id=account.id, by=7, began_at=at, ends_at=at + timedelta(minutes=30))
    call.ended_at = at + timedelta(minutes=minutes)
    with transaction() as session:
        session.add(call)
    return call


def a_ticket(account: Account) -> Ticket:
    return open_ticket(Question("buying", CANARY), account, now())


@pytest.mark.clause("1.2.1(5)")
def test_calls_questions_and_cases_show_role_first_last_and_length(app, client: FlaskClient, clock):
    case = a_case()
    account = db.session.get_one(Account, case.account_id)
    clock.travel(days=1)
    ticket, colleague = a_ticket(account), a_staff_member("clerk", name="xiaoli")
    clock.travel(days=2)
    answer_ticket(ticket, CANARY, colleague, now())
    a_call(account)
    found = exchanges_of(db.session(), account.id)
    assert [(each.party, each.about, each.messages) for each in found] == [
        ("hotline", "", 0), ("support", ticket.number, 2), ("after-sales", case.number, found[2].messages),
    ]  # fmt: skip
    assert found[0].lasted == timedelta(minutes=7) and found[1].lasted >= timedelta(days=2)
    page = signed_in(client, account).get("/en/contact/log").text
    assert all(words in page for words in ("Our hotline", "Our support", "Our after-sales service", ticket.number))
    assert CANARY not in page and "xiaoli" not in page


@pytest.mark.clause("1.2.1(5)")
def test_it_is_in_the_copy_without_content(client: FlaskClient):
    account = an_account()
    a_ticket(account)
    a_call(account, minutes=3)
    content = signed_in(client, account).get("/en/privacy/data/copy", buffered=True).data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = json.loads(archive.read("communications.json"))
    assert [(row["party"], row["seconds"]) for row in rows] == [("hotline", 180), ("support", 0)]
    assert CANARY not in json.dumps(rows, ensure_ascii=False)


@pytest.mark.clause("1.2.1(5)")
def test_nobody_sees_anybody_elses(app, client: FlaskClient):
    a_call(an_account())
    page = signed_in(client, an_account()).get("/en/contact/log").text
    assert "You have not communicated with us yet" in page
    assert app.test_client().get("/en/contact/log").status_code == 302


@pytest.mark.clause("1.2.1(5)")
def test_it_goes_when_the_account_is_closed(app):
    account = an_account()
    a_call(account)
    answer_ticket(a_ticket(account), "好", a_staff_member(), now())
    key = account.id
    erased(account)
    assert exchanges_of(db.session(), key) == []
    assert not db.session.scalars(select(SupportCall)).all()


@pytest.mark.clause("1.2.1(5)")
def test_a_call_is_kept_as_long_as_tickets_are(app, clock):
    call = a_call(an_account())
    clock.freeze(call.began_at + (now() - began_before(Keep.TICKETS, now())) - timedelta(days=1))
    assert not db.session.scalars(RULES["calls"].overdue(now())).all()
    clock.travel(days=3)
    assert db.session.scalars(RULES["calls"].overdue(now())).all() == [call.id]


def test_it_takes_the_same_queries_however_many_there_are(app):
    account, seen = an_account(), []

    def note(*arguments: object) -> None:
        seen.append(arguments[2])

    counts = []
    for _ in range(2):
        for _ in range(5):
            a_ticket(account)
            a_call(account)
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        exchanges_of(db.session(), account.id)
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts == [counts[0]] * 2
