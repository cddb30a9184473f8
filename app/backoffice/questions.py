"""Questions at the desk: read by staff only on the ledger, answered through the support slice. Clauses 7.1, 5.1.1d."""

from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.support.models import Ticket


def question_for_staff(session: Session, ticket_id: int, by: int) -> Ticket:
    """A question that somebody of the staff is about to read; the look is on the ledger first. Raises NotFound."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound
    with transaction():
        record("ticket.read", actor=by, subject=ticket.audit_ref, topic=ticket.topic)
    return ticket
