"""Alarms: what is wrong with the shop's own books and stands until it is right again.

The duty that checks raises and clears; the desk shows what stands, and `/readyz` names it for machines.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.database import Model, UtcDateTime


class Alarm(Model):
    """One per kind. Facts hold codes, keys and amounts, never a personal value."""

    __tablename__ = "alarms"
    __personal__ = False

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


def sound(session: Session, name: str, at: datetime, **facts: Any) -> None:
    """Let an alarm stand with what was found now; since when it stands stays as it is. In the caller's transaction."""
    alarm = session.get(Alarm, name)
    if alarm is None:
        session.add(Alarm(name=name, since=at, facts=facts))
        record(f"alarm.{name}", **facts)
    else:
        alarm.facts = facts


def clear(session: Session, name: str) -> None:
    """All is well again. In the caller's transaction. Safe to repeat."""
    if alarm := session.get(Alarm, name):
        session.delete(alarm)
        record("alarm.cleared", alarm=name)


def standing(session: Session) -> Sequence[Alarm]:
    """The alarms that stand, the oldest first."""
    return session.scalars(select(Alarm).order_by(Alarm.since, Alarm.name)).all()
