"""Orders as the host counts them itself, by day and without any dimension: placed, paid, cancelled, refunded."""

from typing import NamedTuple

from sqlalchemy import func, select

from analytics.codes import ShopMeasure
from analytics.reading import Range
from analytics.store import Store, shop_days


class Told(NamedTuple):
    """How many orders, and their amount in the smallest unit of money."""

    orders: int = 0
    amount: int = 0


def told_totals(store: Store, days: Range) -> dict[ShopMeasure, Told]:
    """Of each measure the sum over the range."""
    found = dict.fromkeys(ShopMeasure, Told())
    query = (
        select(shop_days.c.measure, func.sum(shop_days.c.orders), func.sum(shop_days.c.amount))
        .where(shop_days.c.day.between(*days))
        .group_by(shop_days.c.measure)
    )
    with store.reading() as connection:
        for measure, orders, amount in connection.execute(query):
            found[ShopMeasure(measure)] = Told(int(orders), int(amount))
    return found


def placed_by_day(store: Store, days: Range) -> dict[int, Told]:
    """Orders placed, of each day of which anything was told."""
    query = select(shop_days.c.day, shop_days.c.orders, shop_days.c.amount).where(
        shop_days.c.measure == int(ShopMeasure.PLACED), shop_days.c.day.between(*days)
    )
    with store.reading() as connection:
        return {day: Told(int(orders), int(amount)) for day, orders, amount in connection.execute(query)}
