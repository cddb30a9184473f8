"""A report that a mail came back later counts where it brings back what we sent, and once. Clauses 1.1.1c, 6.2."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.mail_address import mail_of
from app.accounts.models import Account
from app.foundation.database import db
from app.notifications.mail.bounces import take_bounce
from app.notifications.mail.composing import message_id
from app.notifications.mail.sending import mail, sender_of
from app.notifications.models import OutboxMessage
from app.settings import current_settings
from tests.accounts.test_mail_address import a_confirmed, end_told, mails_to, told_on_site
from tests.notifications.builders import fresh
from tests.notifications.mailing import a_running_relay
from tests.support.mails import taken

REPORT = """From: MAILER-DAEMON@relay.example
To: notices@yunshang.example
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; wang@example.com
Action: {action}
Status: {status}

--b
Content-Type: {kind}

From: notices@yunshang.example
Message-ID: {message_id}
Subject: x

--b--
"""


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", kind: str = "text/rfc822-headers"
) -> bytes:
    return REPORT.format(message_id=message_id, action=action, status=status, kind=kind).encode()


@pytest.fixture
def sent(app: Flask) -> OutboxMessage:
    """A notice that the relay took, to an account that confirmed its address."""
    account = a_confirmed()
    end_told(account)
    with a_running_relay(app):
        mail()
    return mails_to(account)[-1]


def id_of(message: OutboxMessage) -> str:
    return message_id(message.id, sender_of(current_settings()))


@pytest.mark.clause("1.1.1c")
@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_came_back_stops_the_address_and_is_told_once(sent: OutboxMessage, kind):
    assert [taken(report(id_of(sent), kind=kind)) for _ in range(2)] == ["bounced", "automatic"]
    assert (fresh(sent).state, fresh(sent).problem) == ("failed", "came back 5.1.1")
    account = db.session.get_one(Account, sent.account_id)
    assert mail_of(db.session(), account.id).refused_at and end_told(account) == ["site", "sms"]
    assert told_on_site(account).count("account.mail_unreachable") == 1


@pytest.mark.parametrize(
    "other",
    [{"action": "delayed"}, {"status": "5.7.1"}, {"status": "5.2.2"}, {"status": ""}],
)
def test_what_says_nothing_for_good_stops_nothing(sent: OutboxMessage, other):
    assert taken(report(id_of(sent), **other)) == "automatic"
    assert fresh(sent).state == "sent" and mail_of(db.session(), sent.account_id).refused_at is None


def test_a_report_that_somebody_made_up_stops_nothing(sent: OutboxMessage):
    number = f"{sent.id:x}"
    made_up = (f"<{number}.{'0' * 24}@yunshang.example>", f"<{number}@yunshang.example>", "", "<" * 500, "<ff.0@x>",
               f"<{'f' * 16}.{'0' * 24}@yunshang.example>", id_of(sent).replace("yunshang", "other"))  # fmt: skip
    assert {taken(report(each)) for each in made_up} == {"automatic"}
    assert mail_of(db.session(), sent.account_id).refused_at is None


@given(noise=st.binary(max_size=400), at=st.integers(0, 900))
def test_whatever_bytes_a_report_has_nothing_breaks(shop: Flask, noise: bytes, at: int):
    whole = report("<1.000000000000000000000000@yunshang.example>")
    with shop.app_context():
        sender = sender_of(current_settings())
        assert not take_bounce(whole[:at] + noise + whole[at:], sender)
        assert not take_bounce(noise, sender)
