"""The application's one clock. Deadlines, expiry and every stored time are read here, never from a library or a store.

Times are aware UTC inside and shown in China time. In development `CLOCK_FILE` names a file that holds an offset in
seconds; every process reads it within a second, so a running shop can be moved through time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
REREAD_SECONDS = 0.5


class Clock:
    """System time plus an offset; the offset comes from tests or from a file."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        self._frozen_at: datetime | None = None
        self._file: Path | None = None
        self._read_at = float("-inf")

    def follow(self, file: Path | None) -> None:
        """Take the offset from `file` from now on; a missing or unreadable file means no offset."""
        self._file, self._read_at = file, float("-inf")

    def now(self) -> datetime:
        if self._frozen_at is not None:
            return self._frozen_at
        if self._file is not None:
            self._reread(self._file)
        return datetime.now(UTC) + timedelta(seconds=self._offset_seconds)

    def epoch_seconds(self) -> float:
        """`now` as seconds since 1970, without a date on the way: every hit of the beacon asks twice."""
        if self._frozen_at is not None:
            return self._frozen_at.timestamp()
        if self._file is not None:
            self._reread(self._file)
        return time.time() + self._offset_seconds

    def travel(self, **delta: float) -> None:
        """Move the clock by a timedelta's keyword arguments (negative ones move it back)."""
        step = timedelta(**delta)
        if self._frozen_at is not None:
            self._frozen_at += step
        self._offset_seconds += step.total_seconds()

    def freeze(self, at: datetime) -> None:
        """Stand still at an aware moment until `reset` or `travel`."""
        self._frozen_at = at.astimezone(UTC)

    def reset(self) -> None:
        self._offset_seconds, self._frozen_at = 0.0, None

    def _reread(self, file: Path) -> None:
        if time.monotonic() - self._read_at < REREAD_SECONDS:
            return
        self._read_at = time.monotonic()
        try:
            self._offset_seconds = float(file.read_text().strip() or 0)
        except (OSError, ValueError):
            self._offset_seconds = 0.0


application_clock = Clock()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return application_clock.now()


def today() -> date:
    """The present day in China, which is the shop's business day."""
    return now().astimezone(SHANGHAI).date()


def starts_at(day: date) -> datetime:
    """The moment when a day begins in China."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def epoch_seconds() -> float:
    """The present moment as seconds since 1970, for the counting house, which keeps no dates of its own."""
    return application_clock.epoch_seconds()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run a block at another moment; used to make demo data with a past."""
    before = application_clock._frozen_at
    application_clock.freeze(moment)
    try:
        yield
    finally:
        application_clock._frozen_at = before
