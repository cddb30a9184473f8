"""What the pages of the bank desk show besides the rows themselves."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.counting import count_by
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.foundation.personal_data import masked
from app.orders.models import Order
from app.payments.approving import Approval, limit
from app.payments.bank.checking import proposal_for
from app.payments.bank.deciding import approval_of
from app.payments.bank.models import STATES, BankRow, Statement

LATEST = 5


def rows_in(state: str) -> Select[BankRow]:
    """Rows of one state, oldest day first."""
    return select(BankRow).where(BankRow.state == state).order_by(BankRow.day, BankRow.id)


def counts_by_state(session: Session) -> dict[str, int]:
    """How many rows stand in each state, in the order of the tabs; states that are empty too."""
    return count_by(session, BankRow.state, STATES)


def latest_statements(session: Session) -> list[Statement]:
    return list(session.scalars(select(Statement).order_by(Statement.imported_at.desc()).limit(LATEST)))


def payers_of(rows: Iterable[BankRow]) -> dict[int, str]:
    """Masked names of payers by row, as lists show them."""
    return {row.id: masked(row, "payer") for row in rows}


def row_or_404(session: Session, row_id: int) -> BankRow:
    row = session.get(BankRow, row_id)
    if row is None:
        raise NotFound
    return row


def statement_or_404(session: Session, statement_id: int) -> Statement:
    statement = session.get(Statement, statement_id)
    if statement is None:
        raise NotFound
    return statement


def facts_of_row(session: Session, row: BankRow) -> dict[str, Any]:
    """The judgement of an open row as things stand now, the orders it proposes, and what waits for a second person."""
    found = proposal_for(session, row) if row.is_open else None
    proposal = _with_orders(session, found.spread) if found else []
    return {"proposal": proposal, "reasons": found.reasons if found else row.reasons, "limit": limit(),
            "approval": approval_of(session, row)}  # fmt: skip


def orders_of_approvals(session: Session, approvals: Iterable[Approval]) -> dict[int, list[tuple[Order, Money]]]:
    """By approval its orders, each with how much it would get."""
    ids = {order_id for each in approvals for order_id in each.amounts}
    orders = _orders(session, ids)
    return {each.id: [(orders[order_id], amount) for order_id, amount in each.amounts.items()] for each in approvals}


def spread_by_number(session: Session, wanted: dict[str, Money]) -> dict[int, Money]:
    """Amounts by order id instead of by number. Raises NotFound where one is nobody's."""
    found = session.execute(select(Order.number, Order.id).where(Order.number.in_(wanted))).all()
    if len(found) < len(wanted):
        raise NotFound
    return {order_id: wanted[number] for number, order_id in found}


def _with_orders(session: Session, spread: dict[int, Money]) -> list[tuple[Order, Money]]:
    orders = _orders(session, spread)
    return [(orders[order_id], amount) for order_id, amount in spread.items()]


def _orders(session: Session, ids: Iterable[int]) -> dict[int, Order]:
    return {order.id: order for order in session.scalars(select(Order).where(Order.id.in_(list(ids))))}
