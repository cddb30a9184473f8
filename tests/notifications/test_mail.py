"""Mail: what is written, how the relay is spoken to, and what each of its answers leads to. Clauses 3.2, 5.1.4, 6.2."""

import re
from email import message_from_string, policy
from threading import Barrier, Thread

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.jobs import DUTIES
from app.foundation.outbound import Disclosure
from app.notifications.mail.composing import NotDeliverable, Sender, compose, is_deliverable, message_id
from app.notifications.mail.sending import mail, sender_of
from app.notifications.mail.simulator import Simulator
from app.notifications.models import OutboxMessage
from app.notifications.sweeping import sweep
from app.notifications.texts import TEMPLATES
from app.settings import current_settings
from tests.killed.dying import Died, dying, in_a_process_of_its_own
from tests.notifications.builders import a_running_simulator, an_sms, fresh
from tests.notifications.mailing import a_mail, a_running_relay
from tests.papers import no_papers, papers_in_order


@pytest.fixture
def relay(app: Flask):
    with a_running_relay(app, slow_seconds=0.2) as simulator:
        yield simulator


def state(message: OutboxMessage) -> tuple[str, str | None]:
    return fresh(message).state, fresh(message).problem


def test_a_mail_leaves_once_and_says_what_the_site_says(relay: Simulator):
    message = a_mail()
    assert (mail(), mail()) == (1, 0)
    [got] = relay.inbox
    assert (got["to"], got["envelope"]) == ("wang@example.com", "notices@yunshang.example")
    assert (got["subject"], got["language"]) == ("本店停止运营", "zh-cn")
    assert "2027-03-12" in got["text"] and "邮件不一定加密" in got["text"]
    assert state(message) == ("sent", None)


def test_the_language_of_the_account_decides(relay: Simulator):
    a_mail("wang@example.com", "service.ends", day="2027-03-12", language="en")
    mail()
    [got] = relay.inbox
    assert (got["subject"], got["language"]) == ("Our service ends", "en") and "Mail is not certain" in got["text"]
    assert "Yunshang Mining Machines" in got["from"]


@pytest.mark.clause("3.2")
@pytest.mark.clause("5.1.4")
@pytest.mark.parametrize("code", [code for code, each in TEMPLATES.items() if each.by_mail])
def test_no_mail_holds_a_link_a_picture_a_number_or_an_address(relay: Simulator, code):
    for language in ("zh-cn", "en"):
        values = {name: "2027-03-12" for name in TEMPLATES[code].values}
        a_mail("wang@example.com", code, language=language, **values)
    mail()
    for got in relay.inbox:
        parts = message_from_string(got["content"], policy=policy.default)
        assert parts.get_content_type() == "text/plain" and not parts.is_multipart()
        assert not re.search(r"https?:|www\.|<\w|cid:|src=|@|\+?86?1\d{10}", parts.get_content())
        assert "wang@" not in str(parts["Subject"]) and parts["Auto-Submitted"] == "auto-generated"
    assert len(relay.inbox) == 2


@pytest.mark.clause("5.1.4")
def test_only_dates_versions_and_codes_are_filled_into_mails():
    allowed = {"day", "version", "gist", "code"}
    assert all(set(each.values) <= allowed for each in TEMPLATES.values() if each.by_mail)


@pytest.mark.clause("4.1.1")
@pytest.mark.clause("4.1.3(1)")
def test_the_disclosure_is_written_before_the_address_leaves_and_names_exactly_what_left(relay: Simulator):
    relay.mode, relay.times = "dead", 1
    a_mail()
    assert mail() == 0
    share = db.session.scalars(select(Disclosure)).one()
    assert (share.recipient, share.subject, share.about) == ("mail", 7, "service.ends")
    assert share.fields == ["mail_address", "message"]


@pytest.mark.clause("4.1.3b")
def test_purpose_end_of_use_and_mark_go_with_the_mail(relay: Simulator):
    a_mail()
    mail()
    head = message_from_string(relay.inbox[0]["content"])
    assert head["X-Data-Purpose"] == "2.1" and head["X-Data-Mark"].startswith("mail/") and head["X-Data-Use-Until"]


def test_without_papers_nothing_goes_and_what_waits_goes_later(relay: Simulator, clock):
    no_papers()
    message = a_mail()
    assert mail() == 0 and relay.inbox == [] and state(message) == ("waiting", "refused by the gate")
    papers_in_order("mail")
    clock.travel(hours=1)
    assert mail() == 1


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("greylisted", ("waiting", "to 451 4.7.1")), ("full", ("waiting", "to 552 5.2.2")),
        ("relaying", ("waiting", "to 554 5.7.1")), ("unknown", ("failed", "to 550 5.1.1")),
        ("spam", ("failed", "content 554 5.6.0")), ("busy", ("waiting", "SMTPConnectError 421")),
        ("dead", ("waiting", "SMTPServerDisconnected")), ("silent", ("waiting", "SMTPServerDisconnected")),
    ],
)  # fmt: skip
def test_what_each_answer_leads_to_and_that_what_waits_comes_in_the_end(relay: Simulator, clock, mode, after):
    relay.mode, relay.times = mode, 1
    message = a_mail()
    assert mail() == 0 and state(message) == after
    assert "wang" not in (fresh(message).problem or "")
    clock.travel(hours=1)
    mail()
    assert fresh(message).state == ("failed" if after[0] == "failed" else "sent")
    assert len({got["message_id"] for got in relay.inbox}) == (after[0] == "waiting")


def test_a_slow_relay_is_waited_for_and_a_dead_one_given_up_after_days(relay: Simulator, clock):
    relay.mode = "slow"
    a_mail()
    assert mail() == 1
    relay.mode, message = "greylisted", a_mail()
    while fresh(message).state == "waiting":
        clock.travel(hours=1)
        mail()
    assert fresh(message).state == "failed" and fresh(message).tries == 16


def test_mail_and_sms_do_not_wait_for_each_other(app: Flask, relay: Simulator):
    assert DUTIES["notifications.mail"].apart and DUTIES["notifications.sweep"].apart
    with a_running_simulator(app) as sms:
        an_sms()
        waiting = a_mail()
        assert sweep() == 1 and len(sms.listed()) == 1 and fresh(waiting).state == "waiting"
        assert mail() == 1


@pytest.mark.clause("5.1.1c")
def test_the_outbox_holds_no_plain_address(app: Flask):
    a_mail("canary.wang@example.com")
    rows = db.session.execute(text("SELECT * FROM outbox_messages")).mappings().all()
    assert rows and not any("canary" in repr(dict(row)) for row in rows)


@pytest.mark.clause("5.2.2b")
def test_an_erased_person_gets_no_mail(relay: Simulator):
    message = a_mail()
    data_keys().destroy(message.subject_id)
    db.session.info.clear()
    db.session.expunge_all()
    assert mail() == 0 and relay.inbox == [] and state(message) == ("failed", "erased")


EVIL = [
    "wang@example.com\r\nBcc: all@example.com", "wang@example.com\nRCPT TO:<x@example.com>", "a@b", "a b@example.com",
    "wang@example.com>", "<wang@example.com>", "wang@example.com,li@example.com", "wang@exa\x00mple.com",
    "@example.com",
    "wang@", "wang@[127.0.0.1]", "王@example.com", "wang@例子.cn", "", "w" * 65 + "@example.com", "wang@-a.example",
    '"a\\r\\n"@example.com', "wang@example.com ", "a@" + "b" * 250 + ".com",
]  # fmt: skip


@pytest.mark.parametrize("address", EVIL)
def test_no_address_breaks_out_of_its_line(relay: Simulator, address):
    message = a_mail(address)
    assert mail() == 0 and relay.inbox == [] and state(message) == ("failed", "to 550 5.1.3")
    assert db.session.scalar(select(func.count(Disclosure.id))) == 0


@given(address=st.text(max_size=80), subject=st.text(max_size=60), said=st.text(max_size=200))
def test_whatever_is_written_the_mail_has_one_recipient_and_the_heads_we_gave_it(shop: Flask, address, subject, said):
    sender = Sender("notices@yunshang.example", {"en": "Yunshang"})
    with shop.app_context():
        settled = {"row_id": 7, "language": "en", "written_at": now()}
        try:
            content = compose(sender, f"{address}@example.com", subject, said, **settled).as_bytes()
        except (NotDeliverable, ValueError, UnicodeError):
            return
    names = [line.partition(":")[0] for line in content.decode("ascii").partition("\r\n\r\n")[0].split("\r\n")]
    heads = [name for name in names if not name.startswith((" ", "\t"))]
    assert len(heads) == len(set(heads)) and {"Bcc", "Cc", "Reply-To"}.isdisjoint(heads)
    assert is_deliverable(f"{address}@example.com")


def test_a_row_has_one_message_id_that_nobody_else_can_make_up(app: Flask):
    sender = sender_of(current_settings())
    assert message_id(7, sender) == message_id(7, sender) != message_id(8, sender)
    assert re.fullmatch(r"<7\.[0-9a-f]{24}@yunshang\.example>", message_id(7, sender))


def test_two_senders_at_once_send_each_mail_once(app: Flask, relay: Simulator):
    for _ in range(6):
        a_mail()
    gate, sent = Barrier(3), []

    def work() -> None:
        with app.app_context():
            gate.wait()
            sent.append(mail())

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sum(sent), len(relay.inbox)) == (6, 6)


def test_killed_at_any_instant_a_mail_comes_and_what_came_twice_has_one_message_id(app: Flask, relay: Simulator, clock):
    """SIGKILL before each statement and commit of the sender, also between handing over and writing that down."""
    engines = (db.engine, app.extensions["data_keys"].engine)
    instants, twice = 0, 0

    def sending() -> int:
        for engine in engines:
            engine.dispose(close=False)
        with dying(instants):
            return mail()

    while True:
        relay.inbox.clear()
        message = a_mail()
        db.session.remove()
        try:
            in_a_process_of_its_own(sending)
            break
        except Died:
            instants += 1
        clock.travel(minutes=6)
        mail()
        assert fresh(message).state == "sent"
        assert len({got["message_id"] for got in relay.inbox}) == 1
        twice += len(relay.inbox) - 1
    assert instants >= 5 and twice >= 1


def test_the_inbox_page_shows_what_the_relay_took_and_says_when_it_is_away(app: Flask, client):
    with a_running_relay(app):
        a_mail()
        mail()
        assert "本店停止运营" in client.get("/dev/mail").text
    assert "没有应答" in client.get("/dev/mail").text
