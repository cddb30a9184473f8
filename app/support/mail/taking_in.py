"""Mail becomes tickets, each once: `take_in(mail)` in one transaction, so that an import can be killed and repeated.

A mail that names an open ticket and comes from its asker is added to it; any other is a ticket of its own. Clause 7.1.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.encryption import blind_index
from app.foundation.languages import format_moment
from app.foundation.personal_data import Purpose, purpose
from app.notifications.mail.bounces import take_bounce
from app.notifications.mail.sending import sender_of
from app.settings import current_settings
from app.support.asking import Question, open_ticket
from app.support.mail.folders import Found
from app.support.mail.judging import is_automatic, kind_of, language_of, ticket_number_in, topic_of
from app.support.mail.reading import LONGEST_TEXT, MOST_NAMED, Mail, read_mail
from app.support.models import Ticket
from app.support.queries import ticket_by_number
from app.support.vocabulary import MAIL

OPENED, ADDED, KNOWN, AUTOMATIC, BOUNCED = "opened", "added", "known", "automatic", "bounced"
LONGEST_TICKET = 3 * LONGEST_TEXT
OLDEST = timedelta(days=30)
"""What claims to be older is counted from the day it was found here: nobody could have answered it."""


class MailTaken(IdMixin, db.Model):
    """A mail that was taken in, by a keyed digest of its identity alone, so that none becomes two tickets."""

    __tablename__ = "support_mails"
    __personal__ = False

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    ticket_id: Mapped[int] = mapped_column(Id, ForeignKey("support_tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def take_in_all(found: Iterable[Found], own: str, at: datetime, *, removing: bool = False) -> Counter[str]:
    """Take in every mail, and say what became of how many. `removing` deletes each once it is kept or of no use."""
    outcomes: Counter[str] = Counter()
    for each in found:
        outcomes[take_in(each, own, at)] += 1
        if removing and each.remove:
            each.remove()
    return outcomes


def take_in(found: Found, own: str, at: datetime) -> str:
    """Keep one mail; says whether it opened a ticket, was added to one, was known, was sent by a program, or is the
    report that a notice of ours came back."""
    mail = read_mail(found.content)
    if is_automatic(mail, own):
        return BOUNCED if take_bounce(found.content, sender_of(current_settings())) else AUTOMATIC
    digest = _digest(mail, found.content)
    if db.session.scalar(select(MailTaken.id).where(MailTaken.digest == digest)):
        return KNOWN
    try:
        with transaction() as session:
            ticket, outcome = _kept(session, mail, _received_at(mail, found, at))
            session.flush()
            session.add(MailTaken(digest=digest, ticket_id=ticket.id, at=at))
    except IntegrityError:
        return KNOWN
    return outcome


def _kept(session: Session, mail: Mail, received_at: datetime) -> tuple[Ticket, str]:
    number = ticket_number_in(mail.subject)
    named = session.scalars(ticket_by_number(number)).first() if number else None
    if named is not None and _adds_to(named, mail):
        _add(session, named, mail, received_at)
        return named, ADDED
    question = Question(topic_of(mail), _text(mail), mail.sender or None, kind_of(mail), language_of(mail))
    return open_ticket(question, None, received_at, MAIL), OPENED


def _adds_to(ticket: Ticket, mail: Mail) -> bool:
    """Only the asker adds to a ticket, and only while it waits: what comes after an answer is a matter of its own."""
    if ticket.answered_at is not None or not mail.sender:
        return False
    with purpose(Purpose.SERVICE):
        return ticket.contact == mail.sender and len(ticket.text) + len(mail.text) < LONGEST_TICKET


def _add(session: Session, ticket: Ticket, mail: Mail, at: datetime) -> None:
    """The clock runs on from the first mail."""
    session.refresh(ticket, with_for_update=True)
    with purpose(Purpose.SERVICE):
        ticket.text = f"{ticket.text}\n\n[{format_moment(at)}]\n{_text(mail)}"
    record("ticket.added_to", subject=ticket.audit_ref, number=ticket.number, channel=MAIL)


def _text(mail: Mail) -> str:
    names = [f"[{name}]" for name in mail.attachments[:MOST_NAMED]]
    return "\n".join(part for part in (mail.subject, mail.text, *names) if part) or "-"


def _received_at(mail: Mail, found: Found, at: datetime) -> datetime:
    """When our own server got it, else since when it lies there: never in the future, never older than OLDEST."""
    for moment in (mail.received_at, found.lies_since):
        if moment is not None and at - OLDEST <= moment <= at:
            return moment
    return at


def _digest(mail: Mail, content: bytes) -> bytes:
    """Of the Message-ID with its sender; of the whole mail where there is none."""
    identity = f"{mail.sender}\0{mail.message_id}" if mail.message_id else content.hex()
    return blind_index("support_mails.digest", identity)
