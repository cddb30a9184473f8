"""Finding orders: by state, or by a number that somebody reads out. There is no way to search for a person (1.1.6)."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.counting import count_by
from app.foundation.forms import clean_text
from app.orders.lifecycle import STATES
from app.orders.models import Order
from app.orders.numbers import order_number_in, remittance_code_in
from app.payments.models import Remittance

LONGEST_SEARCH = 60


def search_text(typed: str | None) -> str:
    """What was typed into a search field, fit for a query: plain digits, nothing invisible, not too long."""
    text = clean_text((typed or "")[: 4 * LONGEST_SEARCH]) or ""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:LONGEST_SEARCH]


def orders_wanted(state: str | None, text: str) -> Select[Order]:
    """Orders in a state, newest first; with a text only the one whose number or remittance code it is."""
    rows = select(Order).order_by(Order.placed_at.desc(), Order.id)
    if state:
        rows = rows.where(Order.state == state)
    if not text:
        return rows
    if code := remittance_code_in(text):
        return rows.where(Order.id.in_(select(Remittance.order_id).where(Remittance.code == code)))
    return rows.where(Order.number == (order_number_in(text) or ""))


def looks_mistyped(text: str) -> bool:
    """Whether a search cannot be any order number or remittance code: its check digits do not fit."""
    return bool(text) and not order_number_in(text) and not remittance_code_in(text)


def count_by_state(session: Session) -> dict[str, int]:
    """How many orders stand in each state, zero included, in the order of an order's life."""
    return count_by(session, Order.state, STATES)
