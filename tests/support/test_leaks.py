"""A leak that is reported becomes a case; only the owner's report freezes the account. Clause 5.1.6."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.code_rules import LEAK
from app.accounts.codes import WrongCode, send_code
from app.accounts.models import FROZEN, Account
from app.accounts.securing import freeze_by_number
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import make_token
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.support.answering import answer_ticket
from app.support.models import Ticket
from tests.accounts.builders import a_number, a_staff_member, an_account
from tests.backoffice.builders import Desk

ALL = select(Ticket).order_by(Ticket.opened_at)


def report(number: str) -> None:
    send_code(LEAK, number, language="zh-cn", address_key="")
    sent = select(OutboxMessage).where(OutboxMessage.code == "code.leak").order_by(OutboxMessage.created_at.desc())
    message = db.session.scalars(sent).first()
    assert message
    with purpose(Purpose.SECURITY):
        code = message.facts()["code"]
    freeze_by_number(number, code)


@pytest.mark.clause("5.1.6")
@pytest.mark.parametrize(("language", "word"), [("zh-cn", "冻结"), ("en", "frozen")])
def test_the_owners_report_opens_a_case_with_the_policys_clock(app, language, word):
    number = a_number()
    account = an_account(phone=number, language=language)
    report(number)
    case = db.session.scalars(ALL).one()
    assert db.session.get_one(Account, account.id).state == FROZEN
    assert (case.kind, case.account_id, (case.due_at - case.opened_at).days) == ("leak", account.id, 10)
    with purpose(Purpose.SERVICE):
        assert word in case.text
    assert Desk(app, "clerk").get(f"/questions/{case.id}").status_code == 200


@pytest.mark.clause("5.1.6")
def test_a_second_report_opens_no_second_case_while_the_first_waits(app, clock):
    number = a_number()
    an_account(phone=number)
    report(number)
    clock.travel(seconds=61)
    report(number)
    answer_ticket(db.session.scalars(ALL).one(), "已处理", a_staff_member(), now())
    clock.travel(seconds=61)
    report(number)
    assert len(db.session.scalars(ALL).all()) == 2


@pytest.mark.clause("5.1.6")
def test_a_wrong_code_opens_no_case(app):
    number = a_number()
    an_account(phone=number)
    send_code(LEAK, number, language="zh-cn", address_key="")
    with pytest.raises(WrongCode):
        freeze_by_number(number, "not it")
    assert not db.session.scalars(ALL).all()


@pytest.mark.clause("5.1.6")
def test_a_strangers_report_on_the_contact_page_opens_a_case_and_freezes_nothing(app, client: FlaskClient):
    account = an_account(name="wang")
    with app.test_request_context():
        token = make_token("QuestionForm")
    fields = {"form_token": token, "kind": "leak", "topic": "privacy", "text": "账户 wang 的密码在网上流传"}
    assert client.post("/zh-cn/contact", data=fields).status_code == 303
    assert db.session.scalars(ALL).one().kind == "leak"
    assert db.session.get_one(Account, account.id).is_active
