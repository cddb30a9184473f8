"""Mail becomes tickets: any bytes, each once, nothing of programs. Clause 7.1."""

import mailbox
import random
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import Purpose, purpose
from app.support.answering import answer_ticket
from app.support.forgetting import forget_tickets
from app.support.mail.folders import Found, mails_in
from app.support.mail.reading import LONGEST_TEXT, MOST_BYTES, read_mail
from app.support.mail.taking_in import MailTaken, take_in, take_in_all
from app.support.models import Ticket
from tests.accounts.builders import a_staff_member
from tests.support.mails import OWN, a_mail, put_into, taken

TICKETS = select(Ticket).order_by(Ticket.opened_at, Ticket.id)


def tickets() -> list[Ticket]:
    return list(db.session.scalars(TICKETS.execution_options(populate_existing=True)))


def said(ticket: Ticket) -> str:
    with purpose(Purpose.SERVICE):
        return str(ticket.text)


@pytest.mark.clause("7.1")
@pytest.mark.clause("P.4")
def test_a_mail_becomes_a_ticket_with_the_policys_clock_and_its_sender(app):
    assert taken(a_mail("投诉：发货太慢", "三天没有物流消息")) == "opened"
    [ticket] = tickets()
    assert (ticket.channel, ticket.kind, ticket.topic, ticket.language) == ("mail", "complaint", "delivery", "zh-cn")
    assert ticket.due_at - ticket.opened_at == timedelta(days=10)
    assert said(ticket) == "投诉：发货太慢\n三天没有物流消息"
    with purpose(Purpose.SERVICE):
        assert ticket.contact == "wang@example.com"


@pytest.mark.parametrize(
    ("subject", "text", "kind", "topic"),
    [
        ("Please delete my account and my data", "", "data", "privacy"),
        ("请更正我的个人信息", "电话变了", "data", "privacy"),
        ("我的账户密码泄露了", "", "leak", "privacy"),
        ("发票抬头", "请改", "question", "payment"),
        ("One hydro unit is faulty", "The hashrate is short", "question", "after-sales"),
        ("报价", "四十台", "question", "buying"),
        ("Hello", "there", "question", "privacy"),
    ],
)
def test_kinds_of_mail_are_told_apart(app, subject, text, kind, topic):
    assert taken(a_mail(subject, text)) == "opened"
    assert (tickets()[0].kind, tickets()[0].topic) == (kind, topic)


def test_what_went_to_another_address_of_ours_and_says_nothing_is_about_something_else(app):
    taken(a_mail("Hello", "there", to="shop@yunshang.example"))
    assert tickets()[0].topic == "other"


GBK = (
    b"From: =?gbk?B?zfU=?= <wang@example.com>\r\nSubject: =?GB2312?B?" + b"t6LGsQ==" + b"?=\r\nMessage-ID: <gbk@x>\r\n"
    b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + "请开發票".encode("gbk")
)
BARE = b"From: wang@example.com\nSubject: " + "发票".encode("gbk") + b"\n\n" + "内容".encode("gbk")
WRONG = b"From: wang@example.com\nContent-Type: text/plain; charset=utf-7bit-x\n\n" + "内容".encode()
HTML = (
    b"From: wang@example.com\nContent-Type: text/html; charset=utf-8\n\n<html><head><title>no</title><style>p{}</style>"
    + "<script>alert(1)</script></head><body><p>第一段 &amp; 更多</p><p>第二段<br>三</p>".encode()
)
BROKEN = (
    b'From: wang@example.com\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\ncut o'
)
NO_HEADERS = "只有正文".encode()


@pytest.mark.clause("7.1")
@pytest.mark.parametrize(
    ("content", "words"),
    [(GBK, "请开發票"), (BARE, "发票\n内容"), (WRONG, "内容"), (HTML, "第一段 & 更多"), (BROKEN, "cut o"),
     (NO_HEADERS, "只有正文"), (b"", "-"), (b"\x00\xff\xfe" * 9, "")],
)  # fmt: skip
def test_odd_mail_is_read_as_well_as_it_can_be(app, content, words):
    assert taken(content) == "opened"
    text = said(tickets()[0])
    assert words in text and "alert" not in text and "p{}" not in text
    assert not any(mark in text for mark in "\x00\ufeff\u202e")


def test_attachments_are_named_and_not_kept(app):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "wang@example.com", "故障"
    mail.set_content("见照片")
    mail.add_attachment(b"\x89PNG" * 1000, maintype="image", subtype="png", filename="机器‮照片.png")
    assert taken(mail.as_bytes()) == "opened"
    assert said(tickets()[0]) == "故障\n见照片\n[机器照片.png]"


def test_a_huge_mail_is_cut_and_its_text_kept(app):
    mail = a_mail("长信", "字" * 2 * LONGEST_TEXT) + b"x" * (MOST_BYTES + 5)
    assert taken(mail) == "opened"
    assert LONGEST_TEXT <= len(said(tickets()[0])) < LONGEST_TEXT + 50


def test_deep_nesting_ends_nothing(app):
    boundaries = [f"b{number}" for number in range(3000)]
    nested = "From: w@example.com\n" + "".join(
        f"Content-Type: multipart/mixed; boundary={name}\n\n--{name}\n" for name in boundaries
    )
    assert taken(nested.encode()) == "opened"


@pytest.mark.parametrize(
    "headers",
    [{"auto_submitted": "auto-replied"}, {"precedence": "bulk"}, {"return_path": "<>"}, {"list_id": "<x.example.com>"},
     {"from": "MAILER-DAEMON@example.com"}, {"from": "no-reply@example.com"}, {"from": OWN}, {"x_loop": "y"},
     {"x_autoreply": "yes"}],
)  # fmt: skip
def test_what_programs_send_opens_nothing(app, headers):
    assert taken(a_mail(**headers)) == "automatic"
    assert not tickets()


def test_a_person_whose_mail_says_it_was_not_automatic_is_heard(app):
    assert taken(a_mail(auto_submitted="no", precedence="first-class")) == "opened"


@pytest.mark.clause("7.1")
def test_a_mail_becomes_one_ticket_however_often_it_is_found(app):
    assert [taken(a_mail()) for _ in range(3)] == ["opened", "known", "known"]
    assert [taken(b"From: a@example.com\n\nNo id") for _ in range(2)] == ["opened", "known"]
    assert taken(a_mail(**{"from": "li@example.com"})) == "opened"
    assert len(tickets()) == 3


@pytest.mark.clause("7.2a")
def test_what_the_asker_adds_goes_to_the_open_ticket_whose_clock_runs_on(app, clock):
    taken(a_mail())
    [ticket] = tickets()
    due = ticket.due_at
    clock.travel(days=2)
    assert taken(a_mail(f"Re: [{ticket.number}] 发货", "还有一件事")) == "added"
    [ticket] = tickets()
    assert said(ticket).startswith("发货\n三天没有物流消息") and said(ticket).endswith("还有一件事")
    assert ticket.due_at == due


def test_a_stranger_who_names_a_number_adds_nothing_to_the_ticket(app):
    taken(a_mail())
    [ticket] = tickets()
    assert taken(a_mail(f"Re: {ticket.number}", "我也要看", **{"from": "li@example.com"})) == "opened"
    assert taken(a_mail("Re: W123456789012", "没有这个号")) == "opened"
    assert "我也要看" not in said(ticket) and len(tickets()) == 3


def test_what_comes_after_the_answer_is_a_ticket_of_its_own(app):
    taken(a_mail())
    [ticket] = tickets()
    answer_ticket(ticket, "已查到。", a_staff_member(), now())
    assert taken(a_mail(f"Re: {ticket.number}", "谢谢，还有问题")) == "opened"


@pytest.mark.clause("7.2a")
@pytest.mark.parametrize(
    ("received", "days"), [("", 0), ("from a by b; Thu, 1 Jan 1970 00:00:00 +0000", 0), ("x; nonsense", 0),
                           ("x; Fri, 1 Jan 2100 00:00:00 +0000", 0)],
)  # fmt: skip
def test_a_made_up_day_of_receipt_moves_no_clock(app, received, days):
    taken(a_mail(received=received))
    assert now() - tickets()[0].opened_at < timedelta(minutes=1)


@pytest.mark.clause("7.2a")
def test_the_clock_runs_from_the_day_on_which_our_server_received_it(app, clock):
    clock.freeze(datetime(2026, 11, 20, 12, tzinfo=UTC))
    taken(a_mail(received="from a by mx.example.com; Wed, 18 Nov 2026 08:00:00 +0800"))
    assert tickets()[0].opened_at == datetime(2026, 11, 18, tzinfo=UTC)


@pytest.mark.clause("7.1")
def test_maildir_mbox_and_folder_are_read(app, tmp_path):
    maildir = tmp_path / "maildir"
    (maildir / "tmp").mkdir(parents=True)
    put_into(maildir / "new", a_mail("一", "甲"))
    put_into(maildir / "cur", a_mail("二", "乙"))
    (maildir / "tmp" / "half").write_bytes(a_mail("三", "半"))
    box = mailbox.mbox(tmp_path / "mbox")
    box.add(a_mail("四", "丁"))
    box.add(a_mail("五", "戊"))
    box.close()
    counts = [len(list(mails_in(place))) for place in (maildir, tmp_path / "mbox", maildir / "new")]
    assert counts == [2, 2, 1]
    assert take_in_all(mails_in(tmp_path / "mbox"), OWN, now())["opened"] == 2
    assert [read_mail(each.content).subject for each in mails_in(tmp_path / "mbox")] == ["四", "五"]


def test_an_import_is_repeated_safely_and_removes_what_it_kept(app, tmp_path):
    folder = put_into(tmp_path / "drop", a_mail("一"), a_mail("二"), a_mail(precedence="bulk"))
    first = app.test_cli_runner().invoke(args=["support", "import-mail", str(folder)])
    assert "New tickets: 2" in first.output and "left out: 1" in first.output
    assert len(list(folder.iterdir())) == 3
    again = app.test_cli_runner().invoke(args=["support", "import-mail", str(folder), "--remove"])
    assert "New tickets: 0" in again.output and "known already: 2" in again.output
    assert not list(folder.iterdir())


def test_nothing_of_a_mail_stays_plain_and_it_goes_with_its_ticket(app):
    taken(a_mail("金丝雀主题", "金丝雀正文"))
    files = [file for file in app.extensions["settings"].instance_dir.rglob("*") if file.is_file()]
    stored = b"".join(file.read_bytes() for file in files)
    assert not any(word.encode() in stored for word in ("金丝雀主题", "金丝雀正文", "wang@example.com"))
    with transaction() as session:
        forget_tickets(session, [tickets()[0].id], now())
    assert not tickets() and not db.session.scalars(select(MailTaken)).all()


PIECES = st.sampled_from([GBK, BARE, HTML, BROKEN, a_mail(), b"Content-Type: text/html\n\n<![x<p>", b"=?utf-8?q?=FF?="])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES, st.binary(max_size=300), st.integers(0, 400), st.randoms(use_true_random=False))
def test_whatever_bytes_arrive_reading_ends_in_bounded_clean_text(piece: bytes, noise: bytes, at: int, chance):
    broken = bytearray(piece[:at] + noise + piece[at:])
    for _ in range(chance.randrange(20)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    mail = read_mail(bytes(broken))
    assert len(mail.text) <= LONGEST_TEXT and len(mail.subject) <= 200 and len(mail.sender) <= 100
    mail.text.encode(), mail.subject.encode(), mail.sender.encode()
    assert not any(mark < " " and mark not in "\n\t" for mark in mail.text + mail.subject + mail.sender)


@pytest.mark.clause("7.1")
def test_a_hundred_broken_mails_each_open_a_ticket_or_are_known_or_automatic(app):
    chance = random.Random(20261130)
    for _ in range(100):
        content = bytearray(chance.choice([GBK, BARE, HTML, BROKEN, a_mail()]))
        for _ in range(chance.randrange(12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        before = len(tickets())
        outcome = take_in(Found(bytes(content), now()), OWN, now())
        assert len(tickets()) == before + (outcome == "opened")
