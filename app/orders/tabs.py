"""Tabs of a buyer's orders: one for each state, and those that slices above add."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString
from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from app.orders.lifecycle import STATES
from app.orders.models import Order


@dataclass(frozen=True)
class Tab:
    """A tab: its code in the address, its words, and which orders are in it."""

    code: str
    text: LazyString
    wanted: Callable[[], ColumnElement[bool]]


_FURTHER: dict[str, Tab] = {}


def add_tab(tab: Tab) -> None:
    """Let the page of orders have this tab after those of the states. Safe to repeat."""
    _FURTHER[tab.code] = tab


def tab_texts() -> dict[str, LazyString]:
    """Every tab in its order."""
    return {**STATES, **{tab.code: tab.text for tab in _FURTHER.values()}}


def orders_in(account_id: int, tab: str) -> Select[Order]:
    """A buyer's orders in a tab, newest first; all of them for ""."""
    query = select(Order).where(Order.account_id == account_id).order_by(Order.placed_at.desc(), Order.id)
    if tab in _FURTHER:
        return query.where(_FURTHER[tab].wanted())
    return query.where(Order.state == tab) if tab else query


def counts_by_tab(session: Session, account_id: int) -> dict[str, int]:
    """How many of a buyer's orders are in each tab, zero included; all of them under ""."""
    counted = select(Order.state, func.count()).where(Order.account_id == account_id).group_by(Order.state)
    found = {state: count for state, count in session.execute(counted)}
    further = {code: _how_many(account_id, tab).label(code) for code, tab in _FURTHER.items()}
    more = dict(session.execute(select(*further.values())).one()._mapping) if further else {}
    return {"": sum(found.values()), **{state: found.get(state, 0) for state in STATES}, **more}


def _how_many(account_id: int, tab: Tab) -> ScalarSelect[int]:
    return select(func.count()).where(Order.account_id == account_id, tab.wanted()).scalar_subquery()
