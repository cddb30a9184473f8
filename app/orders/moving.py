"""Making a move of the lifecycle: lock the order, check the table, change the state, write timeline and audit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.orders.guards import check_guards
from app.orders.lifecycle import (
    CANCELLED,
    COMPLETED,
    MOVES,
    Actor,
    MoveNotAllowed,
    MoveRefused,
    least_advanced,
)
from app.orders.models import Order, OrderEvent, OrderPart


def lock_order(session: Session, order_id: int) -> Order:
    """The order as it stands now, which nobody else can move until the caller's transaction ends. Raises NotFound.

    The lock leaves the key free: who writes a row that only refers to the order never waits, and so no two can wait for
    each other.
    """
    mine = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    order = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if order is None:
        raise NotFound
    return order


def lock_part(session: Session, part_id: int) -> OrderPart:
    """A part, with its order locked."""
    order_id = session.scalar(select(OrderPart.order_id).where(OrderPart.id == part_id))
    if order_id is None:
        raise NotFound
    return next(part for part in lock_order(session, order_id).parts if part.id == part_id)


def move_order(session: Session, order: Order, name: str, by: Actor, at: datetime) -> None:
    """Move a locked order and all its parts. Raises MoveRefused, MoveNotAllowed."""
    check_move(name, by, order)
    for part in order.parts:
        part.state = MOVES[name].end
    _settle(session, order, None, name, by, at)


def move_part(session: Session, part: OrderPart, name: str, by: Actor, at: datetime) -> None:
    """Move one part of a locked order; the order follows when it was the last. Raises MoveRefused, MoveNotAllowed."""
    check_move(name, by, part)
    part.state = MOVES[name].end
    if part.state == COMPLETED:
        part.completed_at = at
    _settle(session, part.order, part, name, by, at)


def note(
    session: Session,
    order: Order,
    name: str,
    by: Actor,
    at: datetime,
    part: OrderPart | None = None,
    amount: Money | None = None,
) -> None:
    """Write what happened to the order into its timeline and the ledger of evidence; of money also how much."""
    part_id = part.id if part else None
    event = OrderEvent(
        order_id=order.id, part_id=part_id, name=name, at=at, role=by.role, actor=by.audit_ref, amount=amount
    )
    append(session, event)
    told = str(order.total if amount is None else amount)
    record(f"order.{name}", actor=by.audit_ref, order=order.number, amount=told, role=by.role)


def check_move(name: str, by: Actor, of: Order | OrderPart) -> None:
    """Whether the table lets this actor make this move now. Raises MoveRefused, MoveNotAllowed, or as guards do."""
    if not by.may(name):
        raise MoveNotAllowed
    if of.state != MOVES[name].start:
        raise MoveRefused
    check_guards(name, of)


def _settle(session: Session, order: Order, part: OrderPart | None, name: str, by: Actor, at: datetime) -> None:
    order.state = least_advanced(each.state for each in order.parts)
    if order.state == CANCELLED:
        order.cancelled_at = at
    elif order.state == COMPLETED:
        order.completed_at = at
    note(session, order, name, by, at, part)
