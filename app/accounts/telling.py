"""Writing messages to an account: `tell(session, account, "order.paid", order=…, amount=…)` in a transaction."""

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, notify


def tell(session: Session, account: Account, code: str, /, *, about: str = "", **values: str) -> list[OutboxMessage]:
    """Say something from the table of texts (`app/notifications/texts.py`) on every channel that it has."""
    to = reachable(account)
    return notify(session, to, code, about=about, **values) if to else []


def reachable(account: Account) -> Addressee | None:
    """Whom a message is for; nobody, where a backup brought back somebody who was erased, without their key."""
    try:
        return addressee_of(account)
    except KeyDestroyed:
        return None


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
