"""Days and weeks of the operator's time zone, as whole numbers counted from 1970-01-01. Weeks begin on Monday."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_FIRST = date(1970, 1, 1).toordinal()


class Days:
    """Turns seconds since 1970 into the number of the day. Remembers the present day, so that asking costs nothing."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)
        self._present = (0.0, 0.0, 0)

    def of(self, seconds: float) -> int:
        start, end, day = self._present
        if start <= seconds < end:
            return day
        day = number_of(datetime.fromtimestamp(seconds, self.zone).date())
        self._present = (self.start_of(day), self.start_of(day + 1), day)
        return day

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
