"""Answering tickets: once, by a person; a second review by another one. Clauses 7.2a, 7.2b, 2.4."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import tell
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.personal_data import Purpose, purpose
from app.notifications.notifying import Addressee, notify
from app.payments.elsewhere import offers_elsewhere
from app.support.asking import number_in
from app.support.models import Answer, Ticket
from app.support.vocabulary import BY_HAND, SMS


class AlreadyAnswered(BusinessError):
    """Two people answered at the same time; the first answer stands."""

    message = _l("Somebody has already answered this question.")


class OwnAnswer(BusinessError):
    """A second review is given by another person than the first answer."""

    message = _l("The first answer was yours: another person must give the second review.")
    status = 403


class NothingToTell(BusinessError):
    """There is no answer yet, or somebody has told the asker."""

    message = _l("There is nothing to tell: nothing was answered yet, or a colleague has told it.")


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
        tell_asker(session, ticket, "ticket.answered", at)
    return answer


def tell_asker(session: Session, ticket: Ticket, code: str, at: datetime, **values: str) -> None:
    """Tell a member on the site and by SMS, a guest by SMS where a number was left, where to read on.

    Others have the address of the ticket, or wait on the desk for a colleague who tells them (`note_told`).
    """
    if asker := session.get(Account, ticket.account_id) if ticket.account_id else None:
        tell(session, asker, code, ticket=ticket.number, **values)
    elif ticket.way_back == SMS:
        with purpose(Purpose.SERVICE):
            guest = Addressee(ticket.subject_id, ticket.language, number_in(ticket.contact))
        notify(session, guest, code, ticket=ticket.number, **values)
    if ticket.way_back != BY_HAND:
        ticket.told_at = at


def note_told(ticket: Ticket, by: Account, at: datetime) -> None:
    """A colleague called or wrote to whoever asked. Raises NothingToTell."""
    with transaction() as session:
        session.refresh(ticket, with_for_update=True)
        if not ticket.is_to_be_told:
            raise NothingToTell
        ticket.told_at = at
        record("ticket.told", actor=by.audit_ref, subject=ticket.audit_ref, number=ticket.number)
