"""Trusted devices: a browser we were asked to remember. It skips the second factor, never the password. 3.1.1d."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.personal_data import Keep
from app.privacy.keeping import rows_over

LIFE = timedelta(days=90)


class TrustedDevice(IdMixin, db.Model):
    """One browser trusted by one account. Of the cookie `device` the store keeps only the SHA-256."""

    __tablename__ = "trusted_devices"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def trust_device(session: Session, account_id: int, browser: str) -> str:
    """Remember a browser in the caller's transaction; returns the value for its cookie."""
    token, at = secrets.token_urlsafe(32), now()
    session.add(
        TrustedDevice(
            account_id=account_id, token_hash=_hash(token), browser=browser[:40], created_at=at, ends_at=at + LIFE
        )
    )
    return token


def is_trusted(account_id: int, token: str | None) -> bool:
    """Whether the cookie's value was given to this account's browser and still holds."""
    mine = select(TrustedDevice.id).where(TrustedDevice.account_id == account_id, TrustedDevice.ends_at > now())
    return bool(token) and db.session.scalar(mine.where(TrustedDevice.token_hash == _hash(token or ""))) is not None


def devices_of(account_id: int) -> Select[Any]:
    """The account's trusted browsers, newest first."""
    mine = select(TrustedDevice).where(TrustedDevice.account_id == account_id, TrustedDevice.ends_at > now())
    return mine.order_by(TrustedDevice.created_at.desc())


def forget_device(session: Session, account_id: int, device_id: int) -> bool:
    """Trust one browser no longer; False where it is not this account's."""
    gone = session.execute(
        delete(TrustedDevice).where(TrustedDevice.id == device_id, TrustedDevice.account_id == account_id)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def forget_devices(session: Session, account_id: int) -> None:
    """Trust none of the account's browsers, as after a new password."""
    session.execute(update(TrustedDevice).where(TrustedDevice.account_id == account_id).values(ends_at=now()))


def _ended(at: datetime) -> Select[Any]:
    """Sooner than they would have to: nothing reads them any more."""
    return select(TrustedDevice.id).where(TrustedDevice.ends_at <= at)


rows_over("trusted_devices", Keep.SECURITY_EVENTS, TrustedDevice, _ended)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
