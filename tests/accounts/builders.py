"""People for tests: `an_account()`, `a_staff_member("clerk")`, `signed_in(client, account)`."""

import secrets
from datetime import timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any

import pyotp
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.accounts.opening import open_account
from app.accounts.passwords import hash_password
from app.accounts.second_factor import give_second_factor, has_second_factor
from app.accounts.undertaking import Signed, keep_undertaking
from app.foundation.clock import now, today
from app.foundation.database import transaction
from app.foundation.web_session import LIFE, LoginSession

PASSWORD = "correct horse battery"
_serial = count(1)


@cache
def _hash_of(password: str) -> str:
    """Hashing takes 40 ms; the builders' accounts share the hash of one password."""
    return hash_password(password)


def a_number() -> str:
    """A mobile number that no other test person has."""
    return f"+86139{next(_serial):08d}"


def an_account(**more: Any) -> Account:
    """A buyer with name, number and PASSWORD; anything `open_account` takes may be given."""
    serial = next(_serial)
    values: dict[str, Any] = {"name": f"buyer{serial}", "phone": a_number(), "language": "zh-cn", **more}
    return open_account(password_hash=_hash_of(values.pop("password", PASSWORD)), **values)


def a_staff_member(role: str = "clerk", *, has_signed: bool = True, **more: Any) -> Account:
    """Somebody with a desk. `signed_in` gives them the second factor unless told otherwise."""
    member = an_account(**{"name": f"{role}{next(_serial)}", "role": role, **more})
    if has_signed:
        sign(member)
    return member


def sign(member: Account, *, days: int = 365) -> None:
    """Record that somebody of the staff signed and was trained, until so many days from today."""
    keep_undertaking(member, Signed("0" * 64, today(), today(), today() + timedelta(days)), now(), recorded_by=None)


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def a_factor_of(account: Account, steps: int = 0) -> str:
    """The present code of an account's authenticator, which it is given if it has none; `steps` later ones."""
    if not has_second_factor(account):
        give_second_factor(account, SECRET)
    return pyotp.TOTP(SECRET).at(int(now().timestamp()) + 30 * steps)


def signed_in(client: FlaskClient, account: Account, *, second_factor: bool = True) -> FlaskClient:
    """The client with a live session of the account, as after signing in on the pages."""
    token, at = secrets.token_urlsafe(32), now()
    with transaction() as session:
        session.add(
            LoginSession(
                token_hash=sha256(token.encode()).hexdigest(),
                account_id=account.id,
                created_at=at,
                seen_at=at,
                ends_at=at + LIFE,
                second_factor_at=at if second_factor else None,
                proven_at=at,
                browser="Firefox, Linux",
            )  # fmt: skip
        )
    client.set_cookie("sid", token)
    return client
