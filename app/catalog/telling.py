"""Tells the counting house on which days prices of a product changed, beside what was seen and ordered of it."""

from datetime import timedelta

from app.catalog.pricing import price_changes
from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.jobs import every
from app.measurement.duties import tell_products

LOOK_BACK_DAYS = 62


@every(seconds=10, name="catalog.tell_price_changes")
def tell_price_changes() -> None:
    """Today and yesterday; what is told already is not written again."""
    _tell_last_days(1)


@every(seconds=600, name="catalog.tell_past_price_changes")
def tell_past_price_changes() -> None:
    """Two months, so that days on which no worker ran are told too."""
    _tell_last_days(LOOK_BACK_DAYS)


def _tell_last_days(before_today: int) -> None:
    changes = price_changes(db.session(), today() - timedelta(days=before_today), today())
    for day, changed in changes.items():
        tell_products(day, "price_changed", changed)
