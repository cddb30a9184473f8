"""An order that stays without its person: goods, amounts and tax intact, nothing that leads to anybody. Clause 5.2.2c.

All orders of a person at closure, and each order by itself three years after it ended (Annex 1). Consignee, account and
number go, every date becomes the first moment of its month (in China), and the province stays only where at least as
many orders as the policy's floor share month, kind of goods and province. What hangs on orders in slices above goes
with them, said to `when_anonymised`. The sums of days are kept for as long as the counting house is told of them anew.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.catalog.models import Category, Product, Sku
from app.foundation.clock import SHANGHAI
from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Keep
from app.orders.anonymous_days import keep_sums_of_days
from app.orders.lifecycle import CANCELLED, COMPLETED
from app.orders.models import NOBODY, Order, OrderLine, OrderPart
from app.orders.numbers import new_order_number
from app.privacy.keeping import began_before, keeps
from app.privacy.policy import current_policy
from app.stock.models import StockMovement

WhenAnonymised = Callable[[Session, Sequence[int], datetime], None]
_WITH_IT: list[WhenAnonymised] = []
_HELD_BACK: list[Callable[[], Select[Any]]] = []
DATES = (
    "placed_at", "hold_until", "reminded_at", "paid_at", "balance_reminded_at", "cancelled_at", "completed_at",
    "checked_at",
)  # fmt: skip
DATES_OF_PARTS = ("late_from", "shipped_at", "completed_at")
ENDED = (COMPLETED, CANCELLED)


class OrderStillOpen(ValueError):
    """An order under way has a buyer: it cannot be made anonymous."""


def when_anonymised(act: WhenAnonymised) -> WhenAnonymised:
    """Declare what else becomes anonymous with orders: called with their keys while their person's key still opens."""
    _WITH_IT.append(act)
    return act


def held_back(orders: Callable[[], Select[Any]]) -> Callable[[], Select[Any]]:
    """Declare orders, by their keys, that something under way still needs: they do not become anonymous by age."""
    _HELD_BACK.append(orders)
    return orders


def anonymise(session: Session, order_ids: Sequence[int], at: datetime) -> int:
    """Make orders anonymous in the caller's transaction; how many were not so yet. Raises OrderStillOpen."""
    mine = select(Order).where(Order.id.in_(order_ids), Order.anonymised_at.is_(None)).order_by(Order.id)
    orders = session.scalars(mine.with_for_update(key_share=True)).all()
    if any(order.state not in ENDED for order in orders):
        raise OrderStillOpen
    if not orders:
        return 0
    keys = [order.id for order in orders]
    keep_sums_of_days(session, orders, at)
    provinces, kinds = {order.id: _province_of(order) for order in orders}, _kinds_of(session, keys)
    for act in _WITH_IT:
        act(session, keys, at)
    for order in orders:
        _blank(order, provinces[order.id], kinds.get(order.id), at)
    _cut_traces(session, orders)
    session.flush()
    _drop_small_cells(session, orders, at)
    return len(orders)


def orders_to_anonymise(account_id: int) -> Select[Any]:
    """Keys of everything that an account ever ordered."""
    return select(Order.id).where(Order.account_id == account_id)


def month_of(moment: datetime) -> datetime:
    """The first moment of its month in China."""
    return moment.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _ended_long_ago(at: datetime) -> Select[Any]:
    end = began_before(Keep.ORDERS, at)
    completed = and_(Order.state == COMPLETED, Order.completed_at < end)
    cancelled = and_(Order.state == CANCELLED, Order.cancelled_at < end)
    free = [Order.id.not_in(orders()) for orders in _HELD_BACK]
    return select(Order.id).where(Order.anonymised_at.is_(None), or_(completed, cancelled), *free)


@keeps("orders", Keep.ORDERS, Order, overdue=_ended_long_ago)
def anonymise_old_orders(session: Session, ids: list[int], at: datetime) -> None:
    anonymise(session, ids, at)


def _province_of(order: Order) -> str | None:
    """The province of delivery, as the slice of shipping reads it out of the address; None where nobody can tell."""
    try:
        block = Order.consignee.read(order)
    except KeyDestroyed:
        return None
    read: Callable[[str], str | None] = current_app.extensions["province_of_address"]
    return read(block["address"])


def _kinds_of(session: Session, order_ids: Sequence[int]) -> dict[int, str]:
    """By order the kind of goods: the category of its dearest line."""
    lines = (
        select(OrderPart.order_id, Category.code)
        .join(OrderLine, OrderLine.part_id == OrderPart.id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(OrderPart.order_id.in_(order_ids))
        .order_by(OrderLine.amount, OrderLine.id.desc())
    )
    return {order_id: code for order_id, code in session.execute(lines)}


def _blank(order: Order, province: str | None, kind: str | None, at: datetime) -> None:
    order.anonymised_at, order.province, order.kind = month_of(at), province, kind
    order.number = new_order_number()
    order.account_id, order.subject_id, order.consignee_sealed = None, NOBODY, b""
    order.placing_key, order.placing_digest, order.address_key = secrets.token_hex(16), "", None
    order.balance_due_on = order.balance_due_on and order.balance_due_on.replace(day=1)
    _cut_dates(order, DATES)
    for part in order.parts:
        _cut_dates(part, DATES_OF_PARTS)
    for number, event in enumerate(order.events):
        event.at = month_of(event.at) + timedelta(microseconds=number)  # in their order still
        event.actor = None if event.role == "buyer" else event.actor


def _cut_dates(row: Any, names: tuple[str, ...]) -> None:
    for name in names:
        moment = getattr(row, name)
        if moment is not None:
            setattr(row, name, month_of(moment))


def _cut_traces(session: Session, orders: Sequence[Order]) -> None:
    """Movements of stock keep the day and lose the order: levels are proven by SKU, warehouse and lot."""
    of_orders = StockMovement.order_ref.in_([order.id for order in orders])
    session.execute(update(StockMovement).where(of_orders).values(order_ref=None))


def _drop_small_cells(session: Session, orders: Sequence[Order], at: datetime) -> None:
    """Forget the province of a cell that holds fewer orders than the floor."""
    floor = current_policy(at.astimezone(SHANGHAI).date()).manifest.limit("closure.province_floor")
    for month, kind, province in set(_cells(orders)):
        cell = and_(
            Order.anonymised_at.is_not(None), Order.placed_at == month, Order.kind == kind, Order.province == province
        )
        if (session.scalar(select(func.count()).where(cell)) or 0) < floor:
            for order in orders:
                if (order.placed_at, order.kind, order.province) == (month, kind, province):
                    order.province = None
    session.flush()


def _cells(orders: Sequence[Order]) -> Iterator[tuple[datetime, str | None, str]]:
    return ((order.placed_at, order.kind, order.province) for order in orders if order.province is not None)
