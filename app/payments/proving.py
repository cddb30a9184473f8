"""Stored sums of money are proven from the rows they sum: every hour, and whenever somebody asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.foundation.alarms import clear, sound
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.money import ZERO, Money, MoneyType
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order
from app.payments.models import Allocation, Payout, Receipt

ALARM = "money"
NAMED = 20


class SumsDiffer(RuntimeError):
    """A stored sum of money is not the sum of its rows: the store is damaged, or something moves money beside us."""


@dataclass(frozen=True)
class Difference:
    """One row whose stored sum is not what its rows say. `of` names the sum; `key` is the row's id. Units are int."""

    of: str
    key: int
    stored: Money | int
    proven: Money | int


Unproven = Select[int, Any, Any]
"""(key, stored, proven) of every row whose stored sum is not that of its rows."""
Sums = Callable[[], Mapping[str, Unproven]]
_SUMS: list[Sums] = []


def when_sums_are_proven(sums: Sums) -> Sums:
    """Declare stored sums, by name, that are to be proven with the rest."""
    _SUMS.append(sums)
    return sums


def differences(session: Session) -> list[Difference]:
    """Every stored sum that its rows do not prove, and every order whose state its money does not. Empty is well."""
    sums = [pair for each in _SUMS for pair in each().items()]
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


def unproven(
    stored: InstrumentedAttribute[Any], rows: Select[*tuple[Any, ...]], *keys: InstrumentedAttribute[Any]
) -> Unproven:
    """Rows whose `stored` sum is not what `rows` say: (amount, then what it belongs to, in the order of `keys`).

    Without `keys` they belong to the row by its id.
    """
    model = stored.class_
    amount, *owners = rows.selected_columns
    summed = rows.with_only_columns(*owners, func.sum(amount, type_=stored.type).label("summed")).group_by(*owners)
    sums = summed.subquery()
    on = and_(*(key == owner for key, owner in zip(keys or (model.id,), list(sums.c)[:-1], strict=True)))
    nothing = ZERO if isinstance(stored.type, MoneyType) else 0
    proven = func.coalesce(sums.c.summed, literal(nothing, stored.type))
    return select(model.id, stored, proven).outerjoin(sums, on).where(stored != proven).order_by(model.id)


@when_sums_are_proven
def _sums_of_money() -> dict[str, Unproven]:
    back = select(Payout.amount, Payout.order_id).where(Payout.order_id.is_not(None))
    pairs = select(Payout.amount, Payout.receipt_id, Payout.order_id).where(Payout.order_id.is_not(None))
    return {
        "order.paid": unproven(Order.paid, select(Allocation.amount, Allocation.order_id)),
        "order.promised": unproven(Order.promised, back.where(Payout.paid_at.is_(None))),
        "order.refunded": unproven(Order.refunded, back.where(Payout.paid_at.is_not(None))),
        "receipt.applied": unproven(Receipt.applied, select(Allocation.amount, Allocation.receipt_id)),
        "allocation.returned": unproven(Allocation.returned, pairs, Allocation.receipt_id, Allocation.order_id),
        "order.state": _standing_wrongly(),
    }


def _standing_wrongly() -> Unproven:
    """Orders that wait though their deposit is there, or went on without it, or ended unpaid and kept the money."""
    waits = (Order.state == AWAITING_PAYMENT) & (Order.paid >= Order.deposit) & (Order.deposit > ZERO)
    went_on = Order.paid_at.is_not(None) & (Order.paid < Order.deposit)
    kept = Order.paid_at.is_(None) & Order.cancelled_at.is_not(None) & (Order.paid > ZERO)
    return select(Order.id, Order.paid, Order.deposit).where(waits | went_on | kept).order_by(Order.id)
