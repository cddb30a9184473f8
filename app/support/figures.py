"""How fast questions are answered, for `/status`: figures about tickets, none about a person. Clause 7.2a."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.status import Condition, status_line
from app.support.models import Ticket
from app.support.queries import tickets_overdue

COUNTED = timedelta(days=90)


@dataclass(frozen=True)
class Answers:
    """Of the questions answered lately: how many, how many in time, the median in seconds; how many were held."""

    answered: int
    in_time: int
    median_seconds: int | None
    held: int


def answers_lately(session: Session, at: datetime) -> Answers:
    """The figures of the last 90 days."""
    lately = Ticket.answered_at > at - COUNTED
    in_time = func.count().filter(Ticket.answered_at <= Ticket.due_at)
    answered, good = session.execute(select(func.count(), in_time).where(lately)).one()
    held = session.scalar(select(func.count()).where(Ticket.held_at > at - COUNTED)) or 0
    middle = select(Ticket.answer_seconds).where(lately).order_by(Ticket.answer_seconds)
    median = session.scalar(middle.offset((answered - 1) // 2).limit(1)) if answered else None
    return Answers(answered, good, median, held)


@status_line("replies")
def replies(session: Session, at: datetime) -> Condition:
    late = session.scalars(tickets_overdue(at).limit(1)).first()
    found = answers_lately(session, at)
    text = _(
        "Answered in 90 days: %(answered)s, in time %(in_time)s, half of them within %(hours)s hours; "
        "holding answers: %(held)s.",
        answered=found.answered,
        in_time=found.in_time,
        hours=-(-(found.median_seconds or 0) // 3600),
        held=found.held,
    )
    return Condition(_l("Answers to questions and complaints"), text, is_well=late is None)
