"""The site's rhythm: views and visits by the hour of the day, and the views of the last minutes."""

from typing import NamedTuple

from sqlalchemy import func, select

from analytics.reading import Range
from analytics.store import NOW_MINUTES, Store, hours, minutes


class Hour(NamedTuple):
    """Sums over a range of days. `visits` are those that began in this hour of the day."""

    hour: int
    views: int
    visits: int


class Lately(NamedTuple):
    """Views counted in the last minutes; the running minute is among them."""

    five_minutes: int
    thirty_minutes: int


def by_hour(store: Store, days: Range) -> list[Hour]:
    """All twenty-four hours."""
    found = {hour: Hour(hour, 0, 0) for hour in range(24)}
    query = (
        select(hours.c.hour, func.sum(hours.c.views), func.sum(hours.c.visits))
        .where(hours.c.day.between(*days))
        .group_by(hours.c.hour)
    )
    with store.reading() as connection:
        for hour, views, visits in connection.execute(query):
            found[hour] = Hour(hour, int(views), int(visits))
    return list(found.values())


def lately(store: Store, seconds: float) -> Lately:
    """What was counted just before this moment (seconds since 1970)."""
    now = int(seconds) // 60
    with store.reading() as connection:
        rows = connection.execute(select(minutes).where(minutes.c.minute.between(now - NOW_MINUTES + 1, now))).all()
    return Lately(sum(int(row.views) for row in rows if row.minute > now - 5), sum(int(row.views) for row in rows))
