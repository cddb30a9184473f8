"""The clock of every ticket: warnings on day 7 and 9, and on day 10 a holding answer and an alarm. Clause 7.2a.

It runs from receipt until a person answers, and nothing resets it: no act moves `opened_at` or `due_at`, and
none closes a ticket without an answer.
"""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import OPEN, Account
from app.accounts.telling import tell
from app.foundation.alarms import clear, sound
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.languages import format_day
from app.privacy.policy import deadline
from app.support.answering import tell_asker
from app.support.models import Ticket
from app.support.queries import tickets_overdue, tickets_waiting

ALARM = "replies"
AT_ONCE = 200
WARNINGS = ("reply.first_warning", "reply.second_warning")


@every(seconds=60, name="support.watch_clocks")
def watch_clocks() -> int:
    """Warn, hold, and let the alarm stand while an answer is overdue; returns how many tickets moved."""
    at = now()
    first, second = (at - deadline(name) for name in WARNINGS)
    due = or_(
        (Ticket.warnings < 1) & (Ticket.opened_at <= first),
        (Ticket.warnings < 2) & (Ticket.opened_at <= second),
        Ticket.held_at.is_(None) & (Ticket.due_at <= at),
    )
    wanted = tickets_waiting().where(due).with_only_columns(Ticket.id).limit(AT_ONCE)
    moved = sum(_move(ticket_id, at) for ticket_id in db.session.scalars(wanted).all())
    _watch(at)
    return moved


def _move(ticket_id: int, at: datetime) -> bool:
    with transaction() as session:
        ticket = session.get(Ticket, ticket_id, with_for_update=True, populate_existing=True)
        if ticket is None or ticket.answered_at is not None:
            return False
        if ticket.due_at <= at and ticket.held_at is None:
            _hold(session, ticket, at)
            return True
        return _warn(session, ticket, at)


def _warn(session: Session, ticket: Ticket, at: datetime) -> bool:
    passed = sum(ticket.opened_at + deadline(name) <= at for name in WARNINGS)
    if passed <= ticket.warnings:
        return False
    ticket.warnings = passed
    record("ticket.warned", subject=ticket.audit_ref, number=ticket.number, warning=passed)
    _tell_managers(session, ticket, "ticket.due_soon", day=format_day(ticket.due_at))
    return True


def _hold(session: Session, ticket: Ticket, at: datetime) -> None:
    """The holding answer: why nothing came yet and by when it will. The day it was due stays what it was."""
    ticket.warnings = len(WARNINGS)
    ticket.held_at = at
    ticket.promised_at = at + deadline("reply")
    record("ticket.held", subject=ticket.audit_ref, number=ticket.number)
    tell_asker(session, ticket, "ticket.held", at, day=format_day(ticket.promised_at))
    _tell_managers(session, ticket, "ticket.overdue")


def _tell_managers(session: Session, ticket: Ticket, code: str, **values: str) -> None:
    for manager in session.scalars(select(Account).where(Account.role == "manager", Account.state == OPEN)):
        tell(session, manager, code, about=ticket.number, ticket=ticket.number, **values)


def _watch(at: datetime) -> None:
    late = tickets_overdue(at).order_by(None).with_only_columns(Ticket.id).subquery()
    found = db.session.scalar(select(func.count()).select_from(late)) or 0
    with transaction() as session:
        if found:
            sound(session, ALARM, at, tickets=found)
        else:
            clear(session, ALARM)
