"""The clocks of cases: the buyer is warned a day before, and when a time is over the table's move is made by itself."""

from datetime import datetime

from sqlalchemy import select

from app.after_sales.lifecycle import BUYER, LIMITS, CaseMoved
from app.after_sales.messages import tell_buyer
from app.after_sales.models import Case
from app.after_sales.moving import check_move, lock_case, move_case
from app.after_sales.trade_rules import WARN_BEFORE
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.orders.lifecycle import CLOCK

AT_ONCE = 200
_BY_ITSELF = tuple(state for state, limit in LIMITS.items() if limit.then)
_BUYERS = tuple(state for state, limit in LIMITS.items() if limit.whose == BUYER)


@every(seconds=60, name="after_sales.end_times")
def end_times() -> int:
    """Close or escalate cases whose time is over; returns how many. Each in a transaction of its own."""
    at = now()
    due = select(Case.id).where(Case.state.in_(_BY_ITSELF), Case.deadline_at <= at)
    return sum(_end(case_id, at) for case_id in db.session.scalars(due.order_by(Case.deadline_at).limit(AT_ONCE)).all())


@every(seconds=60, name="after_sales.warn")
def warn() -> int:
    """Say once, a day before, that the buyer's time ends; returns how many were told."""
    at = now()
    soon = (Case.warned_at.is_(None), Case.deadline_at > at, Case.deadline_at <= at + WARN_BEFORE)
    due = select(Case.id).where(Case.state.in_(_BUYERS), *soon).limit(AT_ONCE)
    return sum(_warn(case_id, at) for case_id in db.session.scalars(due).all())


def _end(case_id: int, at: datetime) -> bool:
    with transaction() as session:
        case = lock_case(session, case_id)
        limit = LIMITS.get(case.state)
        if limit is None or limit.then is None or not case.is_late(at):
            return False
        try:
            check_move(case, limit.then, CLOCK)
        except CaseMoved:
            return False
        move_case(session, case, limit.then, CLOCK, at)
    return True


def _warn(case_id: int, at: datetime) -> bool:
    with transaction() as session:
        case = lock_case(session, case_id)
        if case.warned_at is not None or case.state not in _BUYERS or case.is_late(at):
            return False
        case.warned_at = at
        tell_buyer(session, case, "case.due_tomorrow")
    return True
