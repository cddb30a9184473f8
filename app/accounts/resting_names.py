"""The name of an erased account stays out of use for a while, as a keyed digest.

Somebody else who took it at once would be taken for the person who is gone. FLOWS.md 11.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import IdMixin, UtcDateTime, db
from app.foundation.personal_data import Keep
from app.privacy.keeping import keeps

RESTS = timedelta(days=90)


class RestingName(IdMixin, db.Model):
    """The keyed digest of a name that nobody takes until then."""

    __tablename__ = "resting_names"
    __personal__ = False

    name_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def let_rest(session: Session, name_key: bytes, at: datetime) -> None:
    """In the caller's transaction. Safe to repeat."""
    if session.scalar(select(RestingName.id).where(RestingName.name_key == name_key)) is None:
        session.add(RestingName(name_key=name_key, until=at + RESTS))


def is_resting(session: Session, name_key: bytes, at: datetime) -> bool:
    resting = select(RestingName.id).where(RestingName.name_key == name_key, RestingName.until > at)
    return session.scalar(resting) is not None


def _rested(at: datetime) -> Select[Any]:
    return select(RestingName.id).where(RestingName.until <= at)


@keeps("resting_names", Keep.UNTIL_CLOSED, RestingName, overdue=_rested)
def free_names(session: Session, ids: list[int], at: datetime) -> None:
    session.execute(delete(RestingName).where(RestingName.id.in_(ids)))
