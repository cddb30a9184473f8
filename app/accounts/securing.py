"""Changing what opens an account: password, number, freezing. Whatever else was open is closed. 3.1.1d, 5.1.6."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.code_rules import LEAK, PHONE, RESET
from app.accounts.codes import WrongCode, use_code
from app.accounts.devices import forget_devices
from app.accounts.events import FROZEN_BY_OWNER, PASSWORD_CHANGED, PHONE_CHANGED, note
from app.accounts.models import FROZEN, OPEN, Account
from app.accounts.opening import NumberTaken, phone_key_of
from app.accounts.passwords import hash_password
from app.accounts.telling import addressee_of, tell
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.web_session import revoke_all
from app.notifications.notifying import notify

WhenFrozen = Callable[[Session, Account, datetime], None]
_WITH_IT: list[WhenFrozen] = []


def when_frozen(act: WhenFrozen) -> WhenFrozen:
    """Declare what else happens when the owner freezes an account: in the same transaction."""
    _WITH_IT.append(act)
    return act


class WrongPassword(BusinessError):
    """A signed-in person did not know their password."""

    message = _l("This is not your present password.")


def change_password(account: Account, new_password: str, *, keep_session: int | None = None) -> None:
    """Set a password; every other session and every trusted browser is refused from now on. Opens a frozen account."""
    password_hash = hash_password(new_password)
    with transaction() as session:
        row = session.get_one(Account, account.id)
        row.password_hash = password_hash
        row.state = OPEN if row.state == FROZEN else row.state
        _close_everything_else(session, row, keep_session)
        note(session, row.id, PASSWORD_CHANGED)
        record("account.password_changed", actor=row.audit_ref, subject=row.audit_ref)
        tell(session, row, "account.password_changed", time=moment())


def reset_password(number: str, code: str, new_password: str) -> Account:
    """Set a password by the code sent to the account's number. Raises WrongCode, also where there is no account."""
    use_code(RESET, number, code)
    account = account_with_number(number)
    if account is None:
        raise WrongCode
    change_password(account, new_password)
    return account


def change_number(account: Account, number: str, code: str, *, keep_session: int | None = None) -> None:
    """Move the account to a proven number; the old number is told. Raises WrongCode, NumberTaken."""
    use_code(PHONE, number, code)
    with transaction() as session:
        row = session.get_one(Account, account.id)
        before = addressee_of(row)
        row.phone = number
        try:
            session.flush()
        except IntegrityError:
            raise NumberTaken from None
        _close_everything_else(session, row, keep_session)
        note(session, row.id, PHONE_CHANGED)
        record("account.phone_changed", actor=row.audit_ref, subject=row.audit_ref)
        notify(session, before, "account.phone_changed", time=moment())


def freeze_by_number(number: str, code: str) -> None:
    """The owner reports a leak: sessions and devices end, only a new password opens the account, a case is opened.

    Raises WrongCode.
    """
    use_code(LEAK, number, code)
    account = account_with_number(number)
    if account is None:
        raise WrongCode
    with transaction() as session:
        row = session.get_one(Account, account.id)
        row.state = FROZEN if row.state == OPEN else row.state
        _close_everything_else(session, row, None)
        note(session, row.id, FROZEN_BY_OWNER)
        record("account.frozen", actor=row.audit_ref, subject=row.audit_ref, reason="leak reported by owner")
        tell(session, row, "account.frozen", time=moment())
        for act in _WITH_IT:
            act(session, row, now())


def account_with_number(number: str) -> Account | None:
    """The account of an E.164 number, in whatever state but closed (a closed one has no number)."""
    return db.session.scalars(select(Account).where(Account.phone_index == phone_key_of(number))).first()


def _close_everything_else(session: Session, account: Account, keep_session: int | None) -> None:
    revoke_all(session, account.id, except_id=keep_session)
    forget_devices(session, account.id)


def moment() -> str:
    """The present minute in China, as messages say it."""
    return now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
