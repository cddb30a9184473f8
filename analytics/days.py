"""Days, weeks and months of the operator's time zone, as whole numbers from 1970-01-01. Weeks begin on Monday."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

QUARTER_SECONDS = 900
_FIRST = date(1970, 1, 1).toordinal()


class Days:
    """Turns seconds since 1970 into the number of the day. Remembers the present day, so that asking costs nothing."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)
        self._present = (0.0, 0.0, 0)
        self._quarter = (-1, 0)

    def of(self, seconds: float) -> int:
        start, end, day = self._present
        if start <= seconds < end:
            return day
        day = number_of(datetime.fromtimestamp(seconds, self.zone).date())
        self._present = (self.start_of(day), self.start_of(day + 1), day)
        return day

    def hour_of(self, seconds: float) -> int:
        """The hour that a clock on the wall shows, 0 to 23; on the day on which clocks are put back one comes twice.

        Remembers the present quarter of an hour: nowhere are clocks put forward or back within one.
        """
        number = int(seconds // QUARTER_SECONDS)
        quarter, hour = self._quarter
        if quarter != number:
            hour = datetime.fromtimestamp(seconds, self.zone).hour
            self._quarter = number, hour
        return hour

    def start_of(self, day: int) -> float:
        """The day's first moment, in seconds since 1970."""
        midnight = date_of(day)
        return datetime(midnight.year, midnight.month, midnight.day, tzinfo=self.zone).timestamp()


def number_of(day: date) -> int:
    return day.toordinal() - _FIRST


def date_of(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def week_of(day: int) -> int:
    """The number of the day's week; 1970-01-01 was a Thursday."""
    return (day + 3) // 7


def first_day_of_week(week: int) -> int:
    return week * 7 - 3


@lru_cache(maxsize=2048)
def month_of(day: int) -> int:
    """The number of the day's month; January 1970 is 0."""
    on = date_of(day)
    return (on.year - 1970) * 12 + on.month - 1


@lru_cache(maxsize=128)
def first_day_of_month(month: int) -> int:
    return number_of(date(1970 + month // 12, month % 12 + 1, 1))
