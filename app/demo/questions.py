"""Questions of the demonstration shop by every way: waiting, answered, held, under review, to be told."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Account
from app.demo.people import account_of
from app.foundation.clock import at
from app.foundation.database import db
from app.support.answering import answer_ticket
from app.support.asking import Question, ask_review, open_ticket
from app.support.clocks import watch_clocks
from app.support.mail.folders import Found
from app.support.mail.taking_in import take_in
from app.support.models import Ticket
from app.support.vocabulary import COMPLAINT, HOTLINE, LEAK, LETTER, PAGE
from app.support.vocabulary import MAIL as BY_MAIL

ASKED = (
    ("buyer", 12.0, "delivery", "请问 S21 XP 发往成都一般几天能到？可以指定承运商吗？",
     "成都仓有货时一般两到三天。下单后请在订单页查看承运商，如需指定请在付款前告知我们。"),
    ("company", 1.6, "buying", "We plan forty hydro units for April. Can the batch leave one warehouse together?", ""),
    ("buyer", 0.3, "payment", "已经汇款，银行流水的附言写了识别码，请帮忙核对。", ""),
)  # fmt: skip


MAIL = """From: Chen <chen@example.com>
To: privacy@yunshang.example
Subject: 请查询我的个人信息
Message-ID: <demo-1@example.com>
Content-Type: text/plain; charset=utf-8

我曾在贵站咨询过，请告知目前保存了我的哪些个人信息，并说明用途。
""".encode()


def ask_questions(start: datetime) -> int:
    """Ask them, and answer what was answered. Safe to repeat: who has asked already asks no more."""
    clerk = account_of("clerk")
    asked = ask_as_guests(start, clerk) if clerk else 0
    for who, days, topic, text, answer in ASKED:
        moment = start - timedelta(days=days)
        account = account_of(who)
        if account is None or clerk is None or _has_asked(account.id, topic):
            continue
        with at(moment):
            ticket = open_ticket(Question(topic, text), account, moment)
            if answer:
                answer_ticket(ticket, answer, clerk, moment + timedelta(hours=5))
        asked += 1
    return asked


def _has_asked(account_id: int, topic: str) -> bool:
    asked = select(Ticket.id).where(Ticket.account_id == account_id, Ticket.topic == topic)
    return db.session.scalar(asked) is not None


def ask_as_guests(start: datetime, clerk: Account) -> int:
    """By mail, hotline and page: one held and answered late, one to be told, one under review, a leak, a mail."""
    if db.session.scalar(select(Ticket.id).where(Ticket.channel == BY_MAIL)) is not None:
        return 0
    late = _asked(start, 14, Question("delivery", "两周前买的配件没有收到，请查。", "13900000021", COMPLAINT), HOTLINE)
    with at(start - timedelta(days=4)):
        watch_clocks()
    with at(start - timedelta(days=3)):
        answer_ticket(
            late, "包裹在分拣中心滞留，已补发，运单号见短信。延误责任在我们。", clerk, start - timedelta(days=3)
        )
        watch_clocks()
    told = _asked(
        start, 5, Question("payment", "想了解开专票需要哪些资料。", "上海市浦东新区示例路 9 号 李先生"), LETTER
    )
    with at(start - timedelta(days=4)):
        answer_ticket(
            told, "请提供单位名称和统一社会信用代码；订单付清后在订单页申请。", clerk, start - timedelta(days=4)
        )
    first = _asked(start, 6, Question("after-sales", "风扇异响，拆过标签还保修吗？", "13900000022"), PAGE)
    with at(start - timedelta(days=5)):
        answer_ticket(first, "撕毁序列号标签的机器不在保修之内。", clerk, start - timedelta(days=5))
    with at(start - timedelta(days=2)):
        ask_review(first, "标签是运输中脱落的，有照片。", start - timedelta(days=2))
    _asked(
        start, 0.5, Question("privacy", "收到自称贵站的短信索要验证码，疑似号码泄露。", "wu@example.com", LEAK), PAGE
    )
    with at(start - timedelta(days=1)):
        take_in(Found(MAIL, start - timedelta(days=1)), "", start - timedelta(days=1))
    return 6


def _asked(start: datetime, days: float, question: Question, channel: str) -> Ticket:
    moment = start - timedelta(days=days)
    with at(moment):
        return open_ticket(question, None, moment, channel)
