"""Many ask for the same units, decide the same refund and record the same payout at once: only what there is goes back.

On both kinds of store.
"""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.orders.models import Order
from app.payments.models import Payout
from app.payments.proving import differences
from app.payments.reconciling import reconcile
from app.refunds.approving import approve, refuse
from app.refunds.asking import Reduction, ask
from app.refunds.errors import NotAsked, NotThatMuchPaid, PaidOtherwise, TooManyUnits
from app.refunds.models import Refund
from app.refunds.paying import paid_out
from app.refunds.vocabulary import MISTAKE, PRICE
from app.shipping.handing_over import NotThatManyLeft, Packed, ship
from tests.checkout.at_once import Act, all_at_once
from tests.payments.builders import FINANCE, MANAGER
from tests.refunds.builders import CLERK, THEIR_ACCOUNT, a_paid_order, approved, ask_for, line_of, standing
from tests.shipping.builders import serials


def sound() -> bool:
    return differences(db.session()) == [] and reconcile(db.session()).is_sound


def asking(order: Order, quantity: int, amount: Money | None, reason: str) -> Act:
    order_id, wanted = order.id, [Reduction(line_of(order).id, quantity, amount)]

    def act() -> Money:
        with transaction() as session:
            return ask(session, order_id, wanted, {}, reason, CLERK, now(), payee=THEIR_ACCOUNT).amount

    return act


def check_asking(app: Flask) -> None:
    """Three units; ten ask for one each, ten for a third of the amount: three of all get it."""
    order = a_paid_order(3)
    hundred = line_of(order).unit_price
    acts = [asking(order, 1, None, MISTAKE) if n % 2 else asking(order, 0, hundred, PRICE) for n in range(20)]
    answers = all_at_once(app, acts, most=8)
    line = line_of(order)
    assert line.claimed <= line.amount and line.halted <= line.quantity and sound()
    given = [answer for answer in answers if isinstance(answer, Money)]
    assert Money.total(given) == line.claimed
    assert {answer for answer in answers if not isinstance(answer, Money)} <= {NotThatMuchPaid, TooManyUnits}
    for refund_id in db.session.scalars(select(Refund.id)).all():
        approve(refund_id, MANAGER, now())
    assert standing(order).promised == line.claimed and sound()


def check_deciding(app: Flask) -> None:
    """Ten approve and ten refuse one refund at once: one of them does."""
    order = a_paid_order(3)
    refund_id = ask_for(order, 2).id
    acts: list[Act] = []
    for n in range(20):
        act = approve if n % 2 else refuse
        acts.append(lambda act=act: act(refund_id, MANAGER, now()).state)
    answers = all_at_once(app, acts, most=8)
    assert answers.count(NotAsked) == 19 and sound()


def check_paying(app: Flask) -> None:
    """One payout recorded twenty times under four numbers: it has gone once."""
    order = a_paid_order(3)
    payout_id = approved(ask_for(order, 2)).payouts[0].id
    day, moment = today(), now()
    acts: list[Act] = [lambda n=n: paid_out(payout_id, f"NUMBER{n % 4}", day, FINANCE, moment).state for n in range(20)]
    answers = all_at_once(app, acts, most=8)
    assert answers.count("paid") == 5 and answers.count(PaidOtherwise) == 15
    assert standing(order).refunded == db.session.get_one(Payout, payout_id, populate_existing=True).amount
    assert sound()


def check_against_shipping(app: Flask) -> None:
    """Five units; clerks pack one each while others call one each off: no unit is both."""
    order = a_paid_order(5)
    line_id, part_id = line_of(order).id, order.parts[0].id
    acts: list[Act] = []
    for n in range(8):
        numbers = serials(1)
        acts.append(asking(order, 1, None, MISTAKE))
        acts.append(
            lambda n=n, numbers=numbers: ship(
                part_id, "sf", f"SF100000000{n}", CLERK, now(), [Packed(line_id, 1, numbers)]
            )
        )
    answers = all_at_once(app, acts, most=8)
    line = line_of(order)
    assert line.shipped + line.halted == 5 and sound()
    assert answers.count(TooManyUnits) + answers.count(NotThatManyLeft) <= 11
    for refund_id in db.session.scalars(select(Refund.id)).all():
        approve(refund_id, MANAGER, now() + timedelta(seconds=1))
    order = standing(order)
    assert order.parts[0].state != "awaiting_shipment" and order.kept == order.net and sound()


CHECKS = [check_asking, check_deciding, check_paying, check_against_shipping]


@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize("check", CHECKS)
def test_at_once(app: Flask, check):
    check(app)


@pytest.mark.clause("1.1.5a")
@pytest.mark.part("postgresql")
@pytest.mark.parametrize("check", CHECKS)
def test_at_once_on_postgresql(pg_shop: Flask, check):
    check(pg_shop)
