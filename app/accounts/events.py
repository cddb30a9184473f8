"""What happened to an account's safety, as its owner sees it under "devices". Kept as Annex 1 says. 2.4, 3.1.1d."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.personal_data import Keep
from app.privacy.keeping import rows_go

SIGNED_IN = "signed_in"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
PHONE_CHANGED = "phone_changed"
SECOND_FACTOR_SET = "second_factor_set"
RECOVERY_CODE_USED = "recovery_code_used"
DEVICES_REVOKED = "devices_revoked"
FROZEN_BY_OWNER = "frozen"


class SecurityEvent(IdMixin, db.Model):
    """One event. `browser` is a family such as "Chrome, Windows", `place` a country or province; never an address."""

    __tablename__ = "security_events"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(30))
    browser: Mapped[str] = mapped_column(String(40), default="")
    place: Mapped[str] = mapped_column(String(6), default="")


def note(session: Session, account_id: int, kind: str, browser: str = "", place: str = "") -> None:
    """Write an event in the caller's transaction."""
    session.add(SecurityEvent(account_id=account_id, at=now(), kind=kind, browser=browser[:40], place=place))


def events_of(account_id: int) -> Select[Any]:
    """The account's events, newest first."""
    mine = select(SecurityEvent).where(SecurityEvent.account_id == account_id)
    return mine.order_by(SecurityEvent.at.desc(), SecurityEvent.id)


rows_go("security_events", Keep.SECURITY_EVENTS, SecurityEvent, SecurityEvent.at)
