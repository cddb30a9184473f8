"""Questions of the demonstration shop: one answered, two waiting at the desk."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.demo.people import account_of
from app.foundation.clock import at
from app.foundation.database import db
from app.support.answering import answer_ticket
from app.support.asking import Question, open_ticket
from app.support.models import Ticket

ASKED = (
    ("buyer", 12.0, "delivery", "请问 S21 XP 发往成都一般几天能到？可以指定承运商吗？",
     "成都仓有货时一般两到三天。下单后请在订单页查看承运商，如需指定请在付款前告知我们。"),
    ("company", 1.6, "buying", "We plan forty hydro units for April. Can the batch leave one warehouse together?", ""),
    ("buyer", 0.3, "payment", "已经汇款，银行流水的附言写了识别码，请帮忙核对。", ""),
)  # fmt: skip


def ask_questions(start: datetime) -> int:
    """Ask them, and answer what was answered. Safe to repeat: who has asked already asks no more."""
    clerk = account_of("clerk")
    asked = 0
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
