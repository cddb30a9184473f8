"""Opening tickets: every message gets one, with a number and the policy's clock. Clauses P.4, 7.1, 7.2a, 7.2b."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.foundation.audit import record
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.languages import DEFAULT_LANGUAGE
from app.foundation.personal_data import Purpose, purpose
from app.orders.numbers import new_order_number
from app.privacy.policy import deadline
from app.support.models import Ticket
from app.support.vocabulary import ADDRESS, BY_HAND, PAGE, QUESTION, SITE, SMS


class NotReviewable(BusinessError):
    """There is no answer yet, it is reviewed already, or this is the answer of the second review itself."""

    message = _l("This answer cannot be reviewed again, or its review is under way already.")


@dataclass(frozen=True)
class Question:
    """What somebody asks. `contact` is optional, for members and guests alike; `language` is that of the asker."""

    topic: str
    text: str
    contact: str | None = None
    kind: str = QUESTION
    language: str = DEFAULT_LANGUAGE


def open_ticket(
    question: Question, asker: Account | None, at: datetime, channel: str = PAGE, reviewed: Ticket | None = None
) -> Ticket:
    """Take a question that came at `at`: due within the policy's time from then. A guest's gets a data key of its own.

    With `reviewed` it asks for the second review of an answer, which whoever wrote that answer cannot give.
    """
    subject_id = asker.subject_id if asker else create_subject()
    ticket = Ticket(
        subject_id=subject_id,
        account_id=asker.id if asker else None,
        audit_ref=asker.audit_ref if asker else None,
        key=secrets.token_urlsafe(18),
        number=new_ticket_number(),
        kind=question.kind,
        topic=question.topic,
        channel=channel,
        language=question.language,
        opened_at=at,
        due_at=at + deadline("reply"),
        reviews_id=reviewed.id if reviewed else None,
        not_by=reviewed.answers[-1].by if reviewed else None,
        way_back=_way_back(question, asker, channel),
        text=question.text,
        contact=question.contact,
    )
    with transaction() as session:
        session.add(ticket)
        record(
            "ticket.opened",
            subject=ticket.audit_ref,
            number=ticket.number,
            kind=question.kind,
            topic=question.topic,
            channel=channel,
            is_review=reviewed is not None,
        )
    return ticket


def ask_review(ticket: Ticket, why: str, at: datetime) -> Ticket:
    """Ask another person to look at an answer again: a ticket of its own, with a clock of its own. Clause 7.2b.

    Raises NotReviewable.
    """
    with transaction() as session:
        session.refresh(ticket, with_for_update=True)
        if not ticket.is_reviewable:
            raise NotReviewable
        asker = session.get(Account, ticket.account_id) if ticket.account_id else None
        with purpose(Purpose.SERVICE):
            again = Question(ticket.topic, why, ticket.contact, ticket.kind, ticket.language)
        review = open_ticket(again, asker, at, ticket.channel, reviewed=ticket)
        session.flush()
        session.expire(ticket, ["review"])
    return review


def new_ticket_number() -> str:
    """W and twelve digits with a check digit, as it is read out over the phone; says nothing about how many."""
    return "W" + new_order_number()


def number_in(contact: str | None) -> str | None:
    """The mobile number that somebody left as a contact, as E.164; None where it is something else."""
    try:
        return mobile_number(contact or "")
    except NotAMobileNumber:
        return None


def _way_back(question: Question, asker: Account | None, channel: str) -> str:
    if asker is not None:
        return SITE
    if number_in(question.contact):
        return SMS
    return BY_HAND if question.contact or channel != PAGE else ADDRESS
