"""Tells the counting house what each day brought: orders, amounts, products, nothing about anybody. Clause 2.9."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.jobs import every
from app.foundation.money import Money
from app.measurement.duties import tell_day_total, tell_products
from app.orders.anonymous_days import LOOK_BACK_DAYS
from app.orders.queries import day_totals, orders_by_product

DayTotal = Callable[[Session, date], tuple[int, Money]]
_TOLD: dict[str, DayTotal] = {}


def when_a_day_is_told(measure: str) -> Callable[[DayTotal], DayTotal]:
    """Declare what a slice above counts of a day: how many orders or acts, and how much money."""

    def declare(total: DayTotal) -> DayTotal:
        _TOLD[measure] = total
        return total

    return declare


@every(seconds=1, name="orders.tell_today")
def tell_today() -> None:
    """Today and yesterday, so that figures are complete within seconds; what is told already is not written again."""
    tell_days(today() - timedelta(days=1), today())


@every(seconds=600, name="orders.tell_days")
def tell_past_days() -> None:
    """Two months, so that days on which no worker ran are told too."""
    tell_days(today() - timedelta(days=LOOK_BACK_DAYS), today())


def tell_days(first: date, last: date) -> None:
    """Tell every day from `first` to `last`. Safe to repeat."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found = day_totals(db.session(), day)
        tell_day_total(day, "placed", found.placed, found.placed_amount)
        tell_day_total(day, "paid", found.paid, found.paid_amount)
        tell_day_total(day, "cancelled", found.cancelled, found.cancelled_amount)
        for measure, total in _TOLD.items():
            tell_day_total(day, measure, *total(db.session(), day))
        tell_products(day, "placed", orders_by_product(db.session(), day))
