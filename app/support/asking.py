"""Opening and answering tickets: every message gets one, with the policy's clock. Clauses P.4, 7.1, 7.2a."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.payments.elsewhere import offers_elsewhere
from app.privacy.policy import deadline
from app.support.models import Answer, Ticket

TOPICS = {
    "buying": _l("Buying and machines"),
    "payment": _l("Payment and invoices"),
    "delivery": _l("Delivery"),
    "after-sales": _l("After-sales"),
    "privacy": _l("Privacy and my data"),
    "other": _l("Something else"),
}


class AlreadyAnswered(BusinessError):
    """Two people answered at the same time; the first answer stands."""

    message = _l("Somebody has already answered this question.")


@dataclass(frozen=True)
class Question:
    """What somebody asks. `contact` is optional, for members and guests alike."""

    topic: str
    text: str
    contact: str | None = None


def open_ticket(question: Question, asker: Account | None, at: datetime, channel: str = "page") -> Ticket:
    """Take a question: a ticket due within the policy's time. A guest's gets a data key of its own."""
    subject_id = asker.subject_id if asker else create_subject()
    ticket = Ticket(
        subject_id=subject_id,
        account_id=asker.id if asker else None,
        audit_ref=asker.audit_ref if asker else None,
        key=secrets.token_urlsafe(18),
        topic=question.topic,
        channel=channel,
        opened_at=at,
        due_at=at + deadline("reply"),
        text=question.text,
        contact=question.contact,
    )
    with transaction() as session:
        session.add(ticket)
        record("ticket.opened", subject=ticket.audit_ref, topic=question.topic, channel=channel)
    return ticket


def answer_ticket(ticket: Ticket, text: str, by: Account, at: datetime) -> Answer:
    """Answer a question once. Raises AlreadyAnswered.

    The ledger keeps what the answer seems to offer: staff that lead a buyer astray leave evidence (2.4).
    """
    with transaction() as session:
        session.refresh(ticket, with_for_update=True)
        if ticket.answered_at is not None:
            raise AlreadyAnswered
        answer = Answer(subject_id=ticket.subject_id, ticket_id=ticket.id, at=at, by=by.audit_ref, text=text)
        session.add(answer)
        ticket.answered_at = at
        offers = sorted(offers_elsewhere(text))
        record("ticket.answered", actor=by.audit_ref, subject=ticket.audit_ref, offers=offers)
    return answer
