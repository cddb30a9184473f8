"""Which cases there are: a buyer's own, an order's, and the desk's work. The owner check stands here, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.after_sales.lifecycle import (
    AWAITING_BUYER,
    AWAITING_RETURN,
    AWAITING_SELLER,
    BUYER,
    CLOSED,
    LIMITS,
    PLATFORM,
    REFUNDING,
    REFUSED,
    RETURNING,
    TO_REFUND,
    TO_SEND,
)
from app.after_sales.models import Case
from app.foundation.counting import count_by
from app.foundation.errors import NotFound
from app.orders.numbers import order_number_in

TABS: Mapping[str, tuple[str, ...]] = {
    "answer": (AWAITING_SELLER, TO_REFUND),
    "platform": (PLATFORM,),
    "goods": (AWAITING_RETURN, RETURNING),
    "send": (TO_SEND,),
    "refund": (REFUNDING,),
    "buyer": (AWAITING_BUYER, REFUSED),
    "closed": (CLOSED,),
}
"""The desk's tabs: which states stand in each."""
OURS = tuple(state for state, limit in LIMITS.items() if limit.whose != BUYER)

_FULL = (
    joinedload(Case.order),
    joinedload(Case.line),
    joinedload(Case.warehouse),
    joinedload(Case.refund),
    selectinload(Case.events),
    selectinload(Case.messages),
    selectinload(Case.photographs),
)


def own_case(session: Session, account_id: int, number: str) -> Case:
    """The buyer's own case. Raises NotFound for nobody's number and for somebody else's alike."""
    return _one(session, number, select(Case).where(Case.account_id == account_id))


def case_numbered(session: Session, number: str) -> Case:
    """Any case, for staff who may read them. Raises NotFound."""
    return _one(session, number, select(Case))


def cases_of(account_id: int) -> Select[Case]:
    """A buyer's cases, the newest first."""
    mine = select(Case).where(Case.account_id == account_id).options(joinedload(Case.order), joinedload(Case.line))
    return mine.order_by(Case.opened_at.desc(), Case.id)


def cases_of_order(session: Session, order_id: int) -> Sequence[Case]:
    """The cases of an order, the newest first."""
    rows = select(Case).where(Case.order_id == order_id).options(joinedload(Case.line))
    return session.scalars(rows.order_by(Case.opened_at.desc(), Case.id)).all()


def cases_wanted(tab: str) -> Select[Case]:
    """For the desk: the cases of a tab, open ones by the time that ends first; without a tab all, open ones on top."""
    rows = select(Case).options(joinedload(Case.order), joinedload(Case.line))
    if tab == "closed":
        return rows.where(Case.closed_at.is_not(None)).order_by(Case.closed_at.desc(), Case.id)
    if tab in TABS:
        rows = rows.where(Case.state.in_(TABS[tab]))
    return rows.order_by(Case.closed_at.is_not(None), Case.deadline_at.is_(None), Case.deadline_at, Case.id)


def cases_late(at: datetime) -> Select[Case]:
    """Cases in which our side has let its time pass, the longest late first."""
    late = (Case.state.in_(OURS), Case.deadline_at <= at)
    rows = select(Case).options(joinedload(Case.order), joinedload(Case.line))
    return rows.where(*late).order_by(Case.deadline_at, Case.id)


def count_by_tab(session: Session) -> dict[str, int]:
    """How many cases stand in each tab of the desk, zero included."""
    found = count_by(session, Case.state, {state for states in TABS.values() for state in states})
    return {tab: sum(found[state] for state in states) for tab, states in TABS.items()}


def _one(session: Session, number: str, among: Select[Case]) -> Case:
    wanted = order_number_in(number)
    found = session.scalars(among.where(Case.number == wanted).options(*_FULL)).one_or_none() if wanted else None
    if found is None:
        raise NotFound
    return found
