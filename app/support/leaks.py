"""Whoever reports a leak gets a case: a ticket with a number, a clock and an answer. Clause 5.1.6."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.securing import when_frozen
from app.foundation.languages import LANGUAGES, format_moment
from app.support.asking import Question, open_ticket
from app.support.models import Ticket
from app.support.vocabulary import LEAK


@when_frozen
def open_case(session: Session, account: Account, at: datetime) -> None:
    """In the account's language. One that reports again while the case waits gets no second one."""
    waiting = select(Ticket.id).where(
        Ticket.account_id == account.id, Ticket.kind == LEAK, Ticket.answered_at.is_(None)
    )
    if session.scalar(waiting.limit(1)) is not None:
        return
    with force_locale(LANGUAGES[account.language]):
        text = _(
            "Reported by the owner with a code sent to the account's number, on %(time)s. The account is frozen, and "
            "every session and trusted device has ended.",
            time=format_moment(at),
        )
    open_ticket(Question("privacy", text, kind=LEAK, language=account.language), account, at)
