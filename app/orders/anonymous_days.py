"""What orders that became anonymous had brought to each day, as sums, for as long as the days are told anew.

The counting house is told the last two months again and again (`telling`). An anonymous order knows only its month; so
its day's sums stand here until nobody asks for that day any more. They hold no order and nothing about anybody.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Date, Integer, String, Table, delete, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import SHANGHAI
from app.foundation.database import db, insert_into
from app.foundation.money import ZERO, Money, MoneyType
from app.orders.models import Order

LOOK_BACK_DAYS = 62
"""How far back days are told again."""
MOMENTS = ("placed_at", "paid_at", "cancelled_at")
_TOTAL = ""


class AnonymousDay(db.Model):
    """One moment of orders on one day in China: how many and their sum; `slug` names one product, "" all of them."""

    __tablename__ = "anonymous_days"
    __personal__ = False

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    moment: Mapped[str] = mapped_column(String(12), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    orders: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyType)


def keep_sums_of_days(session: Session, orders: Sequence[Order], at: datetime) -> None:
    """Add orders that are about to lose their dates to the sums of their days; forget days nobody asks for."""
    oldest = at.astimezone(SHANGHAI).date() - timedelta(days=LOOK_BACK_DAYS)
    session.execute(delete(AnonymousDay).where(AnonymousDay.day < oldest))
    counts: Counter[tuple[date, str, str]] = Counter()
    amounts: dict[tuple[date, str, str], Money] = {}
    for order in orders:
        for key in _days_of(order):
            if key[0] >= oldest:
                counts[key] += 1
                amounts[key] = amounts.get(key, ZERO) + (order.total if key[2] == _TOTAL else ZERO)
    for key, count in sorted(counts.items()):
        _add(session, key, count, amounts[key])


def sums_of_day(session: Session, day: date, moment: str) -> tuple[int, Money]:
    """How many anonymous orders had this moment on the day, and their sum."""
    mine = (AnonymousDay.day == day, AnonymousDay.moment == moment, AnonymousDay.slug == _TOTAL)
    found = session.execute(select(AnonymousDay.orders, AnonymousDay.amount).where(*mine)).first()
    return (found.orders, found.amount) if found else (0, ZERO)


def products_of_day(session: Session, day: date) -> dict[str, int]:
    """In how many anonymous orders placed on the day each product was, by slug."""
    mine = (AnonymousDay.day == day, AnonymousDay.moment == "placed_at", AnonymousDay.slug != _TOTAL)
    return {
        slug: orders for slug, orders in session.execute(select(AnonymousDay.slug, AnonymousDay.orders).where(*mine))
    }


def _days_of(order: Order) -> Iterator[tuple[date, str, str]]:
    for name in MOMENTS:
        moment = getattr(order, name)
        if moment is not None:
            day = moment.astimezone(SHANGHAI).date()
            yield day, name, _TOTAL
            if name == "placed_at":
                yield from ((day, name, slug) for slug in sorted({line.slug for line in order.lines}))


def _add(session: Session, key: tuple[date, str, str], orders: int, amount: Money) -> None:
    table = cast("Table", inspect(AnonymousDay).local_table)
    row: Any = insert_into(session, table).values(day=key[0], moment=key[1], slug=key[2], orders=orders, amount=amount)
    more = {"orders": table.c.orders + row.excluded.orders, "amount": table.c.amount + row.excluded.amount}
    session.execute(row.on_conflict_do_update(index_elements=["day", "moment", "slug"], set_=more))
