"""Goods that a buyer sent back have arrived: into stock again, or written off. Money goes by its refund, apart."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.errors import NotFound
from app.orders.lifecycle import Actor
from app.orders.models import OrderLine
from app.orders.moving import lock_part
from app.refunds.errors import TooManyUnits
from app.refunds.people import RECEIVE, check
from app.stock.taking_back import take_back as into_stock


def take_back(session: Session, line_id: int, quantity: int, warehouse_id: int | None, by: Actor, at: datetime) -> None:
    """Count so many units of an order line as arrived, in a warehouse; without one they are written off.

    In the caller's transaction; not repeatable. Raises TooManyUnits where fewer had left and are still with the buyer,
    MoveNotAllowed, NotFound.
    """
    check(by, RECEIVE)
    part_id = session.scalar(select(OrderLine.part_id).where(OrderLine.id == line_id))
    if part_id is None:
        raise NotFound
    part = lock_part(session, part_id)
    line = next(each for each in part.lines if each.id == line_id)
    if not 1 <= quantity <= line.shipped - line.came_back:
        raise TooManyUnits
    line.came_back += quantity
    if warehouse_id is not None:
        into_stock(session, line.sku_id, warehouse_id, quantity, part.order_id, at, actor=by.audit_ref)
    kept = "stock" if warehouse_id is not None else "written_off"
    record(f"return.{kept}", actor=by.audit_ref, order=part.order.number, sku=line.sku_id, units=quantity)
