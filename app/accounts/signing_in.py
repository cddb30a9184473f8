"""Letting people in: the password, what follows from it, and the hooks of slices that act on it. Clauses 2.4, 3.1.1d.

A name that does not exist costs the same queries and the same hash as one that does.
"""

import unicodedata
from collections.abc import Callable, Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.devices import trust_device
from app.accounts.events import SIGNED_IN, note
from app.accounts.models import CLOSED, FROZEN, SHUT_OUT, Account, name_key_of
from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.accounts.opening import phone_key_of
from app.accounts.passwords import hash_password, is_password_of, is_stale
from app.accounts.telling import tell
from app.accounts.trying import PASSWORDS_PER_NAME, count_try, forget_tries_of, try_key
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.web_session import begin_session, renew_session

SignInHook = Callable[[Account], Iterable[str] | None]
_hooks: list[SignInHook] = []


class WrongSignIn(BusinessError):
    """Name and password do not belong together, whichever of the two is wrong."""

    message = _l("Account name or password is wrong.")


class AccountFrozen(BusinessError):
    """The password was right, and the account is frozen until a new one is set."""

    message = _l("This account is frozen. Set a new password by SMS to use it again.")


def on_sign_in(hook: SignInHook) -> SignInHook:
    """Call `hook(account)` within every request that signs somebody in, after the session began.

    It may return codes of notices (`app/foundation/notices.py`), which the next page shows.
    """
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def account_of_password(identifier: str, password: str, *, address_key: str) -> Account:
    """The account that name or number and password open. Raises WrongSignIn, TooManyTries or AccountFrozen."""
    identifier = unicodedata.normalize("NFKC", identifier).strip().casefold()
    key = try_key(identifier)
    count_try(key, address_key, most=PASSWORDS_PER_NAME)
    account = _account_of(identifier)
    fits = is_password_of(account.password_hash if account else None, password)
    if not account or not fits or account.state in (CLOSED, SHUT_OUT):
        raise WrongSignIn
    if account.state == FROZEN:
        raise AccountFrozen
    with transaction() as session:
        forget_tries_of(session, key)
        if is_stale(account.password_hash):
            account.password_hash = hash_password(password)
    return account


def is_own_password(account: Account, password: str, *, address_key: str) -> bool:
    """Whether a signed-in person knows their password; tries are counted. Raises TooManyTries."""
    key = try_key(f"own/{account.id}")
    count_try(key, address_key, most=PASSWORDS_PER_NAME)
    fits = is_password_of(account.password_hash, password)
    if fits:
        with transaction() as session:
            forget_tries_of(session, key)
    return fits


def enter(
    account: Account,
    *,
    browser: str,
    place: str,
    language: str,
    trusted: bool = False,
    stay: bool = False,
    just_opened: bool = False,
) -> list[str]:
    """Sign this request's browser in, for thirty days with `stay`; returns the notices of the hooks.

    The owner is told of it, unless the browser is `trusted` by this account or has `just_opened` it. Clause 3.1.2c.
    Staff who are not on a trusted device are only half in: `pass_second_factor` completes it.
    """
    stay = stay and not account.is_staff
    begin_session(account.id, browser=browser, place=place, trusted=stay, second_factor=trusted and account.is_staff)
    if account.is_staff and not trusted:
        return []
    return _complete(account, browser, place, language, is_known=trusted or just_opened)


def pass_second_factor(account: Account, *, browser: str, place: str, language: str) -> list[str]:
    """Complete the sign-in of staff: a new session value, as rights have changed; returns the notices of the hooks."""
    renew_session(second_factor=True)
    return _complete(account, browser, place, language, is_known=False)


def remember_device(account: Account, browser: str) -> str:
    """Trust this browser from now on; returns the value of its `device` cookie."""
    with transaction() as session:
        return trust_device(session, account.id, browser)


def _complete(account: Account, browser: str, place: str, language: str, *, is_known: bool) -> list[str]:
    with transaction() as session:
        row = session.get_one(Account, account.id)
        row.language = language
        if not is_known:
            moment = now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
            tell(session, row, "account.new_device", time=moment, browser=browser)
        note(session, row.id, SIGNED_IN, browser, place)
    return [code for hook in _hooks for code in hook(account) or ()]


def _account_of(identifier: str) -> Account | None:
    """By number where it reads as one, else by name: one query either way. No name reads as a number (`names.py`)."""
    try:
        same = Account.phone_index == phone_key_of(mobile_number(identifier))
    except NotAMobileNumber:
        same = Account.name_key == name_key_of(identifier)
    return db.session.scalars(select(Account).where(same)).first()
