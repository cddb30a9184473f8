"""Writing messages to an account: `tell(session, account, "order.paid", order=…, amount=…)` in a transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from app.accounts.mail_address import confirmed_mail
from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, channels_to, notify
from app.notifications.texts import SITE, SMS, TEMPLATES


def tell(session: Session, account: Account, code: str, /, *, about: str = "", **values: str) -> list[OutboxMessage]:
    """Say something from the table of texts (`app/notifications/texts.py`) on every channel that it has."""
    to = reachable_by_mail(session, account) if TEMPLATES[code].by_mail else reachable(account)
    return notify(session, to, code, about=about, **values) if to else []


class ToTell(Protocol):
    """A row that says of one person, by audit reference, when they were told."""

    id: Mapped[int]
    audit_ref: Mapped[int]
    told_at: Mapped[datetime | None]


Row = TypeVar("Row", bound=ToTell)


def tell_once(
    rows: type[Row], row_id: int, code: str, event: str, about: Callable[[Session, Row], dict[str, str]]
) -> int:
    """Tell the person of a row, and write `event` to the ledger, in one transaction; `about` gives the values of both.

    Returns 1, or 0 where they were told before or are gone. Killed anywhere it goes on, and nobody is told twice.
    """
    with transaction() as session:
        wanted = select(rows).where(rows.id == row_id).with_for_update()
        row = session.scalars(wanted.execution_options(populate_existing=True)).one()
        account = session.scalars(select(Account).where(Account.audit_ref == row.audit_ref)).one_or_none()
        if row.told_at is not None or account is None:
            return 0
        row.told_at = now()
        values = about(session, row)
        tell(session, account, code, **values)
        record(event, subject=row.audit_ref, **values)
    return 1


def reachable(account: Account) -> Addressee | None:
    """Whom a message is for; nobody, where a backup brought back somebody who was erased, without their key."""
    try:
        return addressee_of(account)
    except KeyDestroyed:
        return None


def reachable_by_mail(session: Session, account: Account) -> Addressee | None:
    """The same with the mail address, where one was confirmed."""
    to = reachable(account)
    return to and replace(to, mail=confirmed_mail(session, account))


def channels_of(to: Addressee | None, code: str) -> list[str]:
    """The channels of which there is a record for each person; whoever cannot be read counts as told without mail."""
    return channels_to(to, TEMPLATES[code]) if to else [SITE, SMS]


def addressee_of(account: Account) -> Addressee:
    """The account as the outbox needs it: its own key, its number, the language it last used."""
    with purpose(Purpose.SERVICE):
        number = account.phone
    return Addressee(
        subject_id=account.subject_id,
        language=account.language,
        number=number,
        account_id=account.id,
        audit_ref=account.audit_ref,
    )
