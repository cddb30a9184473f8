"""A part arrives: the buyer confirms it, or enough days have passed since it was shipped."""

from datetime import datetime

from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every, one_by_one
from app.orders.lifecycle import AWAITING_RECEIPT, CLOCK, COMPLETED, COMPLETES_AFTER, Actor, MoveRefused
from app.orders.messages import tell_buyer
from app.orders.models import OrderPart
from app.orders.moving import lock_part, move_part

AT_ONCE = 200


def confirm_receipt(part_id: int, by: Actor, at: datetime) -> None:
    """The buyer has the goods. Raises MoveRefused where the part is not under way."""
    with transaction() as session:
        move_part(session, lock_part(session, part_id), "receive", by, at)


def complete(part_id: int, by: Actor, at: datetime) -> None:
    """A clerk or the clock closes a part; the buyer hears when it was the last. Raises MoveRefused, MoveNotAllowed."""
    with transaction() as session:
        part = lock_part(session, part_id)
        move_part(session, part, "complete", by, at)
        if part.order.state == COMPLETED:
            tell_buyer(session, part.order, "order.completed")


@every(seconds=60, name="orders.complete_received")
def complete_received() -> int:
    """Complete parts shipped long enough ago that nobody disputed; returns how many."""
    at = now()
    long_ago = (OrderPart.state == AWAITING_RECEIPT, OrderPart.shipped_at <= at - COMPLETES_AFTER)
    due = db.session.scalars(select(OrderPart.id).where(*long_ago).limit(AT_ONCE)).all()
    return one_by_one(due, lambda part_id: _complete(part_id, at))


def _complete(part_id: int, at: datetime) -> bool:
    try:
        complete(part_id, CLOCK, at)
    except MoveRefused:  # confirmed by the buyer since we looked
        return False
    return True
