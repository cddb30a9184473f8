"""Writing messages to an account: `tell(session, account, "order.paid", order=…, amount=…)` in a transaction."""

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, notify


def tell(session: Session, account: Account, code: str, /, *, about: str = "", **values: str) -> list[OutboxMessage]:
    """Say something from the table of texts (`app/notifications/texts.py`) on every channel that it has."""
    return notify(session, addressee_of(account), code, about=about, **values)


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
