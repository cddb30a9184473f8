"""Refunds of the demonstration: asked for, approved and paid by the people who may."""

from datetime import datetime, timedelta

from app.demo.people import actor_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.refunds.approving import approve
from app.refunds.asking import Reduction, ask
from app.refunds.models import Refund
from app.refunds.payees import Account
from app.refunds.paying import paid_out
from app.refunds.queries import refunds_of
from app.refunds.vocabulary import MISTAKE, PRICE

HOURS = timedelta(hours=1)
PAYEE = Account("四川示例算力有限公司", "示例银行成都分行", "6200123456780001")


def refund(what: str, who: str, order: Order, moment: datetime) -> None:
    """`call_off`: the buyer asks for one unit, and a clerk has yet to decide. `discount`: a clerk gives 1 % back.

    `discount_due` is such a one that finance has still to send. Not twice for one order.
    """
    if order.paid_at is None or refunds_of(db.session(), [order.id]):
        return
    if what == "call_off":
        _asked(order, Reduction(order.lines[0].id, 1), MISTAKE, actor_of(who), moment)
        return
    found = _asked(order, _hundredth(order), PRICE, actor_of("clerk"), moment)
    with at(moment + HOURS):
        approve(found.id, actor_of("manager"), moment + HOURS)
    if what == "discount":
        _send(found, moment + 2 * HOURS)


def _hundredth(order: Order) -> Reduction:
    line = order.lines[0]
    return Reduction(line.id, amount=line.amount.share(1, 100))


def _asked(order: Order, reduction: Reduction, reason: str, by: Actor, moment: datetime) -> Refund:
    with transaction() as session:
        return ask(session, order.id, [reduction], dict[int, Money](), reason, by, moment, payee=PAYEE)


def _send(found: Refund, moment: datetime) -> None:
    with at(moment):
        for number, payout in enumerate(found.payouts):
            day = moment.astimezone(SHANGHAI).date()
            paid_out(payout.id, f"DEMOBACK{found.number}{number}", day, actor_of("finance"), moment)
