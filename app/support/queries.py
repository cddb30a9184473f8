"""Questions by what is asked of them."""

from sqlalchemy import Select, select

from app.support.models import Ticket


def ticket_by_key(key: str) -> Select[Ticket]:
    """The ticket behind an address that nobody can guess."""
    return select(Ticket).where(Ticket.key == key)


def tickets_of(account_id: int) -> Select[Ticket]:
    """A member's questions, newest first."""
    return select(Ticket).where(Ticket.account_id == account_id).order_by(Ticket.opened_at.desc())


def tickets_waiting() -> Select[Ticket]:
    """Questions without an answer, the most urgent first."""
    return select(Ticket).where(Ticket.answered_at.is_(None)).order_by(Ticket.due_at)
