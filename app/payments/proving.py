"""Stored sums of money are proven from the rows they sum: every hour, and whenever somebody asks."""

from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.foundation.alarms import clear, sound
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.money import ZERO, Money, MoneyType
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order
from app.payments.models import Allocation, Receipt

ALARM = "money"
NAMED = 20


class SumsDiffer(RuntimeError):
    """A stored sum of money is not the sum of its rows: the store is damaged, or something moves money beside us."""


@dataclass(frozen=True)
class Difference:
    """One row whose stored sum is not what its rows say. `of` names the sum; `key` is an order's or receipt's id."""

    of: str
    key: int
    stored: Money
    proven: Money


def differences(session: Session) -> list[Difference]:
    """Every stored sum that its rows do not prove, and every order whose state its money does not. Empty is well."""
    sums = (
        ("order.paid", _unproven(Order.id, Order.paid, Allocation.order_id)),
        ("receipt.applied", _unproven(Receipt.id, Receipt.applied, Allocation.receipt_id)),
        ("order.state", _standing_wrongly()),
    )
    return [Difference(of, key, stored, proven) for of, query in sums for key, stored, proven in session.execute(query)]


@every(seconds=3600, name="payments.prove_sums", apart=True)
def prove_sums() -> None:
    """Alarm where a sum is not proven, until all are; the alarm names the first of them. Raises SumsDiffer."""
    found = differences(db.session())
    with transaction() as session:
        if not found:
            clear(session, ALARM)
            return
        named = [[each.of, each.key, str(each.stored), str(each.proven)] for each in found[:NAMED]]
        sound(session, ALARM, now(), sums=len(found), first=named)
    raise SumsDiffer


def _unproven(
    key: InstrumentedAttribute[int], stored: InstrumentedAttribute[Money], owner: InstrumentedAttribute[int]
) -> Select[int, Money, Money]:
    summed = select(owner.label("key"), func.sum(Allocation.amount).label("amount")).group_by(owner).subquery()
    proven = func.coalesce(summed.c.amount, literal(ZERO, MoneyType()))
    return select(key, stored, proven).outerjoin(summed, summed.c.key == key).where(stored != proven).order_by(key)


def _standing_wrongly() -> Select[int, Money, Money]:
    """Orders that wait though their deposit is there, or went on without it, or ended unpaid and kept the money."""
    waits = (Order.state == AWAITING_PAYMENT) & (Order.paid >= Order.deposit) & (Order.deposit > ZERO)
    went_on = Order.paid_at.is_not(None) & (Order.paid < Order.deposit)
    kept = Order.paid_at.is_(None) & Order.cancelled_at.is_not(None) & (Order.paid > ZERO)
    return select(Order.id, Order.paid, Order.deposit).where(waits | went_on | kept).order_by(Order.id)
