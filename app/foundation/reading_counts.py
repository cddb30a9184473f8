"""How often personal fields are read for each purpose: sums by day, and no trace of who read whose. Clause 2a.

Each process counts in memory and writes its sums at most every half minute, after an answer has gone out. A day that is
over is put on the ledger as one entry.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import date

from flask import Flask, Response, current_app
from sqlalchemy import Date, Integer, String, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.clock import today
from app.foundation.database import Model, db, insert_into, transaction
from app.foundation.jobs import every
from app.foundation.personal_data import READS

log = logging.getLogger(__name__)
WRITTEN_EVERY_SECONDS = 30.0
_last_written = [time.monotonic()]


class ReadingCount(Model):
    """So many readings of one field for one purpose on one day."""

    __tablename__ = "reading_counts"
    __personal__ = False

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    field: Mapped[str] = mapped_column(String(80), primary_key=True)
    reads: Mapped[int] = mapped_column(Integer)
    on_ledger: Mapped[bool] = mapped_column(default=False)


def init_reading_counts(app: Flask) -> None:
    """Write sums now and then, after an answer."""
    app.after_request(_write_afterwards)


def write_counts(on: date) -> int:
    """Add what this process has counted to the sums of a day; says how many readings. Nothing is lost on an error."""
    counted = dict(READS)
    if not counted:
        return 0
    READS.subtract(counted)
    try:
        with transaction() as session:
            for (purpose, field), reads in sorted(counted.items()):
                _add(session, on, purpose, field, reads)
    except OperationalError:
        READS.update(counted)
        raise
    for key in [key for key, reads in READS.items() if not reads]:
        del READS[key]
    return sum(counted.values())


@every(seconds=30, name="privacy.count_readings")
def count_readings() -> None:
    """The worker's own readings; and each day that is over, on the ledger."""
    write_counts(today())
    for day in _days_to_close(db.session(), today()):
        close_day(day)


def close_day(day: date) -> None:
    """Put the sums of a day that is over on the ledger, once. What a process adds later stays in the sums alone."""
    with transaction() as session:
        mine = update(ReadingCount).where(ReadingCount.day == day, ReadingCount.on_ledger.is_(False))
        if session.execute(mine.values(on_ledger=True)).rowcount:  # type: ignore[attr-defined]
            record("data.read", day=day.isoformat(), reads=dict(reads_by_purpose(session, day)))


def reads_by_purpose(session: Session, day: date) -> Mapping[str, int]:
    """How often anything was read for each purpose on a day."""
    sums = select(ReadingCount.purpose, func.sum(ReadingCount.reads)).where(ReadingCount.day == day)
    return {purpose: int(reads) for purpose, reads in session.execute(sums.group_by(ReadingCount.purpose))}


def _days_to_close(session: Session, on: date) -> Sequence[date]:
    open_days = select(ReadingCount.day).where(ReadingCount.on_ledger.is_(False), ReadingCount.day < on)
    return session.scalars(open_days.distinct().order_by(ReadingCount.day)).all()


def _add(session: Session, day: date, purpose: str, field: str, reads: int) -> None:
    table = ReadingCount.__table__
    row = insert_into(session, table).values(day=day, purpose=purpose, field=field, reads=reads, on_ledger=False)  # type: ignore[arg-type]
    session.execute(
        row.on_conflict_do_update(index_elements=["day", "purpose", "field"], set_={"reads": table.c.reads + reads})
    )


def _write_afterwards(response: Response) -> Response:
    if READS and not current_app.testing and time.monotonic() - _last_written[0] > WRITTEN_EVERY_SECONDS:
        _last_written[0] = time.monotonic()
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(lambda: _write_in(app))
    return response


def _write_in(app: Flask) -> None:
    with app.app_context():
        try:
            write_counts(today())
        except OperationalError as problem:
            log.warning("readings are not written yet: %s", type(problem.orig).__name__)
