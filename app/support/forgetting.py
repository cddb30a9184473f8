"""Questions go when the policy says so, counted from their answer (Annex 1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app.foundation.data_keys import data_keys
from app.foundation.personal_data import Keep
from app.privacy.keeping import began_before, keeps, rows_go
from app.support.mail.taking_in import MailTaken
from app.support.models import Answer, SupportCall, Ticket


def _settled(at: datetime) -> Select[Any]:
    return select(Ticket.id).where(Ticket.answered_at < began_before(Keep.TICKETS, at))


@keeps("tickets", Keep.TICKETS, Ticket, Answer, MailTaken, overdue=_settled)
def forget_tickets(session: Session, ids: list[int], at: datetime) -> None:
    """With their answers; a guest's with the key of its own."""
    guests = select(Ticket.subject_id).where(Ticket.id.in_(ids), Ticket.account_id.is_(None))
    for subject_id in session.scalars(guests).all():
        data_keys().destroy(subject_id)
    session.execute(update(Ticket).where(Ticket.reviews_id.in_(ids)).values(reviews_id=None))
    session.execute(delete(MailTaken).where(MailTaken.ticket_id.in_(ids)))
    session.execute(delete(Answer).where(Answer.ticket_id.in_(ids)))
    session.execute(delete(Ticket).where(Ticket.id.in_(ids)))


rows_go("calls", Keep.TICKETS, SupportCall, SupportCall.began_at)
