"""What slices above do when a refund of an order is asked for, approved, refused or paid: in the same transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.orders.lifecycle import Actor
from app.refunds.models import Refund

RefundMoves = Callable[[Session, Refund, Actor, datetime], None]
_MOVES: list[RefundMoves] = []


def when_refund_moves(act: RefundMoves) -> RefundMoves:
    """Declare an act; the refund's state says what happened. Its order is locked. Not called for a surplus."""
    _MOVES.append(act)
    return act


def refund_moved(session: Session, refund: Refund, by: Actor, at: datetime) -> None:
    for act in _MOVES:
        act(session, refund, by, at)
