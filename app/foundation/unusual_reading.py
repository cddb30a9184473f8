"""Who of the staff reads how much: an alarm where it is more than the work needs. Clauses 5.1.1f, 5.1.2b.

Each reading of a whole value is an entry of the ledger. The alarm stands until somebody who audits has looked into it;
what was read before that does not raise it again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.alarms import Alarm, clear, sound
from app.foundation.audit import LedgerEntry, record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.settings import current_settings

ALARM = "unusual_reading"
LOOKED_INTO = "reading.looked_into"
WITHIN = timedelta(hours=1)
_readings: set[str] = set()


def declare_reading(event: str) -> str:
    """Say that entries of this name are readings of a whole personal value by staff; gives the name back."""
    _readings.add(event)
    return event


def readings_by_person(session: Session, since: datetime) -> Sequence[tuple[int | None, int]]:
    """Audit reference of each reader with how much they read, the most first."""
    counted = select(LedgerEntry.actor, func.count()).where(LedgerEntry.event.in_(_readings), LedgerEntry.at > since)
    rows = session.execute(counted.group_by(LedgerEntry.actor).order_by(func.count().desc(), LedgerEntry.actor))
    return [(actor, count) for actor, count in rows]


@every(seconds=60, name="audit.watch_readings")
def watch_readings() -> bool:
    """Sound the alarm where the last hour has more readings than usual, by one person or by all together."""
    at, settings = now(), current_settings()
    readings = readings_by_person(db.session(), max(at - WITHIN, _looked_into_at(db.session()) or at - WITHIN))
    in_all = sum(count for _, count in readings)
    many = [(who, count) for who, count in readings if count >= settings.unusual_reads_of_one]
    if not many and in_all < settings.unusual_reads_of_all:
        return False
    with transaction() as session:
        people = [f"{who:x}"[:8] if who else "-" for who, _ in many]
        sound(session, ALARM, at, readings=in_all, people=people)
    return True


def looked_into(by: int, at: datetime) -> None:
    """Somebody who audits has looked into the readings so far; `by` is their audit reference. Safe to repeat."""
    with transaction() as session:
        if session.get(Alarm, ALARM) is not None:
            record(LOOKED_INTO, actor=by, until=at.isoformat())
            clear(session, ALARM)


def _looked_into_at(session: Session) -> datetime | None:
    return session.scalar(select(func.max(LedgerEntry.at)).where(LedgerEntry.event == LOOKED_INTO))
