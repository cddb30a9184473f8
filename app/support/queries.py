"""Questions by what is asked of them."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select

from app.support.models import Ticket
from app.support.vocabulary import BY_HAND


def ticket_by_key(key: str) -> Select[Ticket]:
    """The ticket behind an address that nobody can guess."""
    return select(Ticket).where(Ticket.key == key)


def tickets_of(account_id: int) -> Select[Ticket]:
    """A member's questions, newest first."""
    return select(Ticket).where(Ticket.account_id == account_id).order_by(Ticket.opened_at.desc())


def tickets_waiting() -> Select[Ticket]:
    """Questions without an answer, the most urgent first."""
    return select(Ticket).where(Ticket.answered_at.is_(None)).order_by(Ticket.due_at)


def tickets_pressing() -> Select[Ticket]:
    """Questions without an answer of which somebody was warned: seven days have passed, or more."""
    return tickets_waiting().where(Ticket.warnings > 0)


def tickets_overdue(at: datetime) -> Select[Ticket]:
    """Questions that should have been answered by now."""
    return tickets_waiting().where(Ticket.due_at <= at)


def own_ticket(account_id: int, number: str) -> Select[Ticket]:
    """A member's own question by its number."""
    return select(Ticket).where(Ticket.account_id == account_id, Ticket.number == number)


def tickets_to_tell() -> Select[Ticket]:
    """Answers and holding answers of which a colleague must tell the asker, the oldest first."""
    said_at = func.coalesce(Ticket.answered_at, Ticket.held_at)
    untold = or_(Ticket.told_at.is_(None), Ticket.told_at < said_at)
    return select(Ticket).where(Ticket.way_back == BY_HAND, said_at.is_not(None), untold).order_by(said_at)


def ticket_by_number(number: str) -> Select[Ticket]:
    return select(Ticket).where(Ticket.number == number)
