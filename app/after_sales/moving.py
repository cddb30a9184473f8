"""Making a move of a case: the order is locked, the table is asked; state, clock, timeline, audit, message follow."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.after_sales.lifecycle import (
    CLOSED,
    HERE,
    LIMITS,
    MOVES,
    ON_THE_WAY,
    PLATFORM,
    TAKEN,
    TO_REFUND,
    TO_SEND,
    AgreedAlready,
    CaseMoved,
    GoodsAreAway,
    end_of,
    may,
)
from app.after_sales.messages import tell_of
from app.after_sales.models import Case, CaseEvent
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.moving import lock_order
from app.shipping.models import ParcelUnit


def lock_case(session: Session, case_id: int) -> Case:
    """The case as it stands now, with its order locked until the caller's transaction ends. Raises NotFound."""
    order_id = session.scalar(select(Case.order_id).where(Case.id == case_id))
    if order_id is None:
        raise NotFound
    lock_order(session, order_id)
    return session.get_one(Case, case_id, populate_existing=True)


def check_move(case: Case, name: str, by: Actor) -> None:
    """Whether this actor may make the move now. Raises MoveNotAllowed, CaseMoved, AgreedAlready, GoodsAreAway."""
    if not may(by, name):
        raise MoveNotAllowed
    if case.state not in MOVES[name].starts:
        raise CaseMoved
    if name in ("refuse", "reject_goods") and (case.is_upheld or case.goods == TAKEN):
        raise AgreedAlready
    if name == "dismiss" and (case.came_from in (TO_REFUND, TO_SEND) or case.goods == TAKEN):
        raise AgreedAlready
    if name == "withdraw" and case.goods in (ON_THE_WAY, TAKEN):
        raise GoodsAreAway


def move_case(
    session: Session, case: Case, name: str, by: Actor, at: datetime, amount: Money | None = None, **told: str
) -> None:
    """Make a checked move of a locked case and tell the buyer; `told` is what only the act knows to tell."""
    move, before = MOVES[name], case.state
    case.state = end_of(name, case.kind, case.goods, case.came_from)
    case.came_from = before if case.state == PLATFORM else None
    case.outcome = move.over or case.outcome
    if move.permission:
        case.handled_by = by.audit_ref
    start_clock(case, at)
    if case.state == CLOSED:
        close(session, case, at)
    note(session, case, name, by, at, amount)
    tell_of(session, case, name, **told)


def start_clock(case: Case, at: datetime) -> None:
    """The time of whoever must act next begins."""
    limit = LIMITS.get(case.state)
    case.deadline_at = at + limit.within if limit else None
    case.warned_at = None


def close(session: Session, case: Case, at: datetime) -> None:
    """The case is over: its machines are free for another one."""
    case.closed_at = at
    mine = update(ParcelUnit).where(ParcelUnit.open_case == case.id)
    session.execute(mine.values(open_case=None).execution_options(synchronize_session="fetch"))


def note(session: Session, case: Case, name: str, by: Actor, at: datetime, amount: Money | None = None) -> None:
    """Write what happened into the timeline and the ledger of evidence."""
    event = CaseEvent(case_id=case.id, name=name, at=at, role=by.role, actor=by.audit_ref, amount=amount)
    append(session, event)
    facts: dict[str, Any] = {"case": case.number, "order": case.order.number, "kind": case.kind, "state": case.state}
    if amount is not None:
        facts["amount"] = str(amount)
    record(f"after_sales.{name}", actor=by.audit_ref, role=by.role, **facts)


def goods_are(case: Case, where: str, at: datetime) -> None:
    """Write down where the goods are now."""
    case.goods = where
    if where in (HERE, TAKEN):
        case.received_at = case.received_at or at
