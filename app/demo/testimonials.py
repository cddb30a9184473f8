"""Customers' words of the demonstration shop: two that everybody reads, one reported, one that waits to be read."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Account
from app.demo.people import account_of
from app.foundation.clock import at
from app.foundation.database import db
from app.testimonials.composing import Chosen, bought_by, composed
from app.testimonials.deciding import approve, check, hide_reported
from app.testimonials.models import Testimonial
from app.testimonials.sending import send_testimonial

WAITS, PUBLIC, REPORTED = "waits", "public", "reported"
SAID = (
    ("buyer", 6.0, PUBLIC, "从付款到上架一共四天，物流每一步都能查到。"
     "有一台风扇异响，售后当天就安排了换新。", "李先生", "sichuan"),
    ("customer3", 4.0, PUBLIC, "Figures on the pages are what we measure in the rack. The futures came in the month "
     "that was promised.", "Zhang, operations", "yunnan"),
    ("customer1", 2.0, REPORTED, "和隔壁机房一起下的单，两家都很满意。", "老张", ""),
    ("customer2", 0.2, WAITS, "第二次在这里买了，价格写得清楚，没有另外加钱的项目。", "", "yunnan"),
)  # fmt: skip


def let_customers_speak(start: datetime) -> int:
    """Safe to repeat: who has spoken speaks no more."""
    clerk, manager, spoken = account_of("clerk"), account_of("manager"), 0
    for who, days, becomes, text, name, province in SAID:
        account, moment = account_of(who), start - timedelta(days=days)
        if account is None or clerk is None or manager is None or not _may_speak(account):
            continue
        goods = {each.product_id for each in bought_by(db.session(), account.id)}
        mine = Chosen(text, account.language, name=name, province=province, goods=goods, on_products=True)
        with at(moment):
            row = send_testimonial(account, mine, composed(db.session(), account, mine).digest, moment)
            if becomes != WAITS:
                check(row.key, clerk, moment)
                approve(row.key, manager, moment)
            if becomes == REPORTED:
                hide_reported(row.key, start)
        spoken += 1
    return spoken


def _may_speak(account: Account) -> bool:
    """Whether they bought something and have not spoken yet."""
    has_spoken = db.session.scalar(select(Testimonial.id).where(Testimonial.account_id == account.id).limit(1))
    return has_spoken is None and bool(bought_by(db.session(), account.id))
