"""The support console: an account opens after the caller's proof, masked, with every look on the ledger. 1.1.6."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.database import db, transaction
from app.privacy.who_saw import readings_of
from app.support.models import SupportCall, Ticket
from tests.accounts.builders import PASSWORD, a_number, an_account
from tests.backoffice.builders import Desk
from tests.checkout.builders import an_address, an_order
from tests.notifications.builders import code_sent_to, sms_texts_to

NUMBER = "+8613944000100"


def on_the_phone(desk: Desk, account: Account, number: str = NUMBER) -> None:
    assert desk.post("/calls", "CallerForm", {"mobile": number, "send": "code"}).status_code == 200
    taken = desk.post("/calls", "CallerForm", {"mobile": number, "code": code_sent_to(number)})
    assert taken.status_code == 303, taken.text


@pytest.fixture
def caller(app) -> Account:
    return an_account(phone=NUMBER, name="wangxiaoming")


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app, "clerk")


def events(name: str) -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == name)))


@pytest.mark.clause("1.1.6")
def test_an_account_opens_masked_after_the_callers_code_and_shows_its_trade(desk, caller):
    an_address(caller)
    order = an_order(account=caller)
    on_the_phone(desk, caller)
    page = desk.get("/calls/current").text
    assert order.spoken_number in page
    assert "139****0100" in page and "w********" in page
    assert "wangxiaoming" not in page and "13944000100" not in page


@pytest.mark.clause("1.1.6")
@pytest.mark.parametrize("code", ["", "000000", "abc"])
def test_without_the_code_nothing_opens_and_what_was_typed_stays(desk, caller, code):
    desk.post("/calls", "CallerForm", {"mobile": NUMBER, "send": "code"})
    assert code_sent_to(NUMBER) != code
    answer = desk.post("/calls", "CallerForm", {"mobile": NUMBER, "code": code})
    assert answer.status_code == 422 and NUMBER in answer.text and "-error" in answer.text
    assert desk.get("/calls/current").status_code == 302
    assert not db.session.scalars(select(SupportCall)).all()


@pytest.mark.clause("1.1.6")
def test_the_desk_does_not_learn_who_has_an_account(desk, caller):
    stranger = a_number()
    pages = {}
    for number in (NUMBER, stranger):
        sent = desk.post("/calls", "CallerForm", {"mobile": number, "send": "code"})
        tried = desk.post("/calls", "CallerForm", {"mobile": number, "code": "000000"})
        pages[number] = [(each.status_code, plain(each.text, number)) for each in (sent, tried)]
    assert pages[NUMBER] == pages[stranger]
    assert [sms_texts_to(number)[-1][0] for number in (NUMBER, stranger)] == ["code.call", "unknown.call"]


def plain(page: str, number: str) -> str:
    return re.sub(r'value="[0-9a-f]+\.[0-9a-f.]+"|[?&]t=[^"& ]+', "", page).replace(number, "")


@pytest.mark.clause("1.1.6")
def test_there_is_no_list_of_people_and_no_search_for_one(app, desk, caller):
    on_the_phone(desk, caller)
    rules = [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("backoffice.")]
    assert not [rule for rule in rules if re.search(r"/desk/(people|accounts|customers|members)\b", rule)]
    for path in (f"/calls/{caller.id}", "/calls?q=wang", "/calls/current?account=1"):
        assert "wangxiaoming" not in desk.get(path).text
    assert desk.get(f"/calls/{caller.id}").status_code == 404


@pytest.mark.clause("1.1.6")
def test_one_account_at_a_time_for_one_colleague_alone(app, desk, caller):
    on_the_phone(desk, caller)
    other = an_account(phone="+8613944000101", name="zhangsan")
    assert Desk(app, "clerk").get("/calls/current").status_code == 302
    on_the_phone(desk, other, "+8613944000101")
    page = desk.get("/calls/current").text
    assert "139****0101" in page and "139****0100" not in page
    calls = db.session.scalars(select(SupportCall).order_by(SupportCall.began_at)).all()
    assert [call.ended_at is None for call in calls] == [False, True]


@pytest.mark.clause("1.1.6")
def test_the_look_ends_with_the_call(desk, caller):
    on_the_phone(desk, caller)
    assert desk.post("/calls/current/end", "backoffice.call").status_code == 303
    assert desk.get("/calls/current").status_code == 302
    fields = {"reason": "call_back"}
    assert desk.post("/calls/current/name", "RevealForm", fields, prefix="reveal-").status_code == 409


@pytest.mark.clause("1.1.6")
def test_a_call_that_nobody_ends_is_over_after_half_an_hour(desk, caller, clock):
    on_the_phone(desk, caller)
    clock.travel(minutes=29)
    assert desk.get("/calls/current").status_code == 200
    clock.travel(minutes=2)
    assert desk.get("/calls/current").status_code == 302


@pytest.mark.clause("1.1.6")
@pytest.mark.parametrize("reason", ["", "curious"])
def test_nothing_is_shown_whole_without_a_reason_of_the_list(desk, caller, reason):
    on_the_phone(desk, caller)
    answer = desk.post("/calls/current/name", "RevealForm", {"reason": reason}, prefix="reveal-")
    assert answer.status_code == 422 and "wangxiaoming" not in answer.text
    assert not events("account.unmasked")


@pytest.mark.clause("1.1.6")
def test_each_look_is_on_the_ledger_and_the_person_reads_it(app, desk, caller):
    on_the_phone(desk, caller)
    desk.get("/calls/current")
    shown = desk.post("/calls/current/name", "RevealForm", {"reason": "call_back"}, prefix="reveal-")
    assert "wangxiaoming" in shown.text and NUMBER in shown.text
    assert "wangxiaoming" not in desk.get("/calls/current").text
    [unmasked] = events("account.unmasked")
    assert (unmasked.actor, unmasked.subject, unmasked.facts["reason"]) == (
        desk.account.audit_ref, caller.audit_ref, "call_back",
    )  # fmt: skip
    assert len(events("call.seen")) == 3
    with app.test_request_context("/en/"):
        assert len(readings_of(db.session(), caller.audit_ref)) == 4


@pytest.mark.clause("1.1.6")
def test_a_password_given_long_ago_must_be_given_again(desk, caller, clock):
    clock.travel(minutes=16)
    on_the_phone(desk, caller)
    for password, status in (("", 422), ("wrong", 422), (PASSWORD, 200)):
        fields = {"reason": "compare", "password": password}
        answer = desk.post("/calls/current/name", "RevealForm", fields, prefix="reveal-")
        assert (answer.status_code, "wangxiaoming" in answer.text) == (status, status == 200)


@pytest.mark.clause("7.1")
@pytest.mark.clause("1.1.6")
def test_what_the_caller_asks_becomes_a_ticket_among_the_callers_own(desk, caller):
    on_the_phone(desk, caller)
    fields = {"kind": "complaint", "topic": "delivery", "text": "还没发货"}
    assert desk.post("/calls/current/question", "CallQuestionForm", fields, prefix="question-").status_code == 303
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.account_id, ticket.channel, ticket.kind) == (caller.id, "hotline", "complaint")
    assert ticket.number in desk.get("/calls/current").text
    empty = desk.post("/calls/current/question", "CallQuestionForm", {**fields, "text": ""}, prefix="question-")
    assert empty.status_code == 422


@pytest.mark.clause("5.1.1e")
def test_others_take_no_calls_and_nobody_takes_their_own(app, desk):
    assert Desk(app, "finance").get("/calls").status_code == 403
    with transaction() as session:
        session.get_one(Account, desk.account.id).phone = NUMBER
    desk.post("/calls", "CallerForm", {"mobile": NUMBER, "send": "code"})
    answer = desk.post("/calls", "CallerForm", {"mobile": NUMBER, "code": code_sent_to(NUMBER)})
    assert answer.status_code == 422 and "your own account" in answer.text


@pytest.mark.parametrize("mobile", ["", "123", "x" * 500, "010-88880000"])
def test_a_number_that_is_none_is_refused_at_its_field(desk, mobile):
    assert desk.post("/calls", "CallerForm", {"mobile": mobile, "send": "code"}).status_code == 422
