"""Answering tickets: once, by a person; a second review by another one. Clauses 7.2a, 7.2b, 2.4."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import tell
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.payments.elsewhere import offers_elsewhere
from app.support.models import Answer, Ticket


class AlreadyAnswered(BusinessError):
    """Two people answered at the same time; the first answer stands."""

    message = _l("Somebody has already answered this question.")


class OwnAnswer(BusinessError):
    """A second review is given by another person than the first answer."""

    message = _l("The first answer was yours: another person must give the second review.")
    status = 403


def answer_ticket(ticket: Ticket, text: str, by: Account, at: datetime) -> Answer:
    """Answer a question once, and tell a member so. Raises AlreadyAnswered, OwnAnswer.

    The ledger keeps what the answer seems to offer: staff that lead a buyer astray leave evidence (2.4).
    """
    with transaction() as session:
        session.refresh(ticket, with_for_update=True)
        if ticket.answered_at is not None:
            raise AlreadyAnswered
        if ticket.not_by == by.audit_ref:
            raise OwnAnswer
        answer = Answer(subject_id=ticket.subject_id, ticket_id=ticket.id, at=at, by=by.audit_ref, text=text)
        session.add(answer)
        ticket.answered_at = at
        ticket.answer_seconds = int((at - ticket.opened_at).total_seconds())
        offers = sorted(offers_elsewhere(text))
        record("ticket.answered", actor=by.audit_ref, subject=ticket.audit_ref, offers=offers)
        tell_asker(session, ticket, "ticket.answered")
    return answer


def tell_asker(session: Session, ticket: Ticket, code: str, **values: str) -> None:
    """Tell a member, on the site and by SMS, where to read on. A guest has the address of the ticket alone."""
    if asker := session.get(Account, ticket.account_id) if ticket.account_id else None:
        tell(session, asker, code, ticket=ticket.number, **values)
