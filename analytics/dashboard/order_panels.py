"""Panels of orders: the way to one, what the host itself counted, products, the sources of orders that were seen."""

from collections.abc import Sequence
from itertools import pairwise

from analytics.codes import LeftOut, ShopMeasure
from analytics.conversions import Which, orders_by_source
from analytics.dashboard.asked import Asked
from analytics.dashboard.floor import INSIDE_FLOOR, at_least
from analytics.dashboard.tables import Column, Row, Table, ratio, with_shares
from analytics.day_totals import told_totals
from analytics.products import products as products_seen
from analytics.reports import iso
from analytics.texts import name_of

MOST_CHANGES = 6
"""How many days of changed prices one row names."""


def funnel(asked: Asked) -> Table:
    """Visits that came as far as each step, and which share of those of the step before did not."""
    steps = asked.reports.steps(asked.days, asked.first_filter)
    totals = asked.reports.totals(asked.days, asked.first_filter) if asked.is_narrow else asked.totals
    visits = totals.visits
    reached = [visits, *steps.values()]
    names = ["visits", *(f"step.{step.name.lower()}" for step in steps)]
    lost = [None, *(ratio(before - after, before) for before, after in pairwise(reached))]
    rows = []
    for name, number, dropped in zip(names, reached, lost, strict=True):
        if asked.first_filter:
            rows.append(Row(asked.text(name), (at_least(number), dropped if number >= INSIDE_FLOOR else None)))
        else:
            rows.append(Row(asked.text(name), (number, dropped)))
    columns = (Column("visits"), Column("drop_off", "rate"))
    return Table(columns, with_shares(rows, whole=visits) if visits else [], brief=2)


def shop_days(asked: Asked) -> Table:
    """What the host told for each day, summed; of the whole site."""
    told = told_totals(asked.store, asked.days)
    placed = told[ShopMeasure.PLACED].orders
    rows = [
        Row(asked.text(f"told.{measure.name.lower()}"), (each.orders, each.amount), ratio(each.orders, placed))
        for measure, each in told.items()
        if each.orders
    ]
    return Table((Column("orders_told"), Column("amount_hundredths", "money")), rows, brief=2)


def seen_orders(asked: Asked) -> Table:
    """How many of the orders that the host counted were seen by the beacon."""
    placed = told_totals(asked.store, asked.days)[ShopMeasure.PLACED].orders
    seen = sum(row.orders for row in orders_by_source(asked.store, asked.days))
    if not placed and not seen:
        return Table((Column("orders_told"),), [])
    names = ("seen.placed", "seen.beacon")
    rows = [
        Row(asked.text(name), (number,), ratio(number, placed))
        for name, number in zip(names, (placed, seen), strict=True)
    ]
    return Table((Column("orders_told"),), rows)


def orders_by_last_source(asked: Asked) -> Table:
    return _by_source(asked, "source")


def orders_by_first_source(asked: Asked) -> Table:
    return _by_source(asked, "first_source")


def _by_source(asked: Asked, which: Which) -> Table:
    """Orders seen by the beacon, by source; one column for each band of amounts that occurs."""
    found = orders_by_source(asked.store, asked.days, which)
    bands = sorted({band for row in found for band in row.bands})
    columns = tuple(Column(f"band_{band}", label=asked.site.name_band(band)) for band in bands)
    rows = [
        Row(
            name_of(asked.text, "source", row.source or row.channel),
            (row.orders, *(row.bands.get(band, 0) for band in bands)),
        )
        for row in found
    ]
    return Table((Column("orders_seen"), *columns), with_shares(rows))


def products(asked: Asked) -> Table:
    """Each product: seen, put into the cart, ordered; seen while out of stock; days on which its price changed."""
    kind = asked.analytics.wiring.page_kinds[asked.site.product_kind]
    rows = [
        Row(
            asked.site.name_page(asked.site.product_kind, row.key),
            (row.views, row.in_cart, row.placed, ratio(row.placed, row.views), row.out_of_stock, _days(row.prices)),
        )
        for row in products_seen(asked.store, asked.days, kind)
    ]
    columns = (
        Column("views"),
        Column("in_cart"),
        Column("placed"),
        Column("conversion", "rate"),
        Column("out_of_stock"),
        Column("price_changed", "words"),
    )
    return Table(columns, with_shares(rows), brief=6)


def _days(numbers: Sequence[int]) -> str:
    """The latest days, oldest first."""
    return ", ".join(iso(day)[5:] for day in numbers[-MOST_CHANGES:])


def left_out(asked: Asked) -> Table:
    """Requests that were not counted, by reason; of the whole site."""
    ordered = sorted(asked.left_out.items(), key=lambda item: -item[1])
    rows = [Row(_reason(asked, reason), (hits,)) for reason, hits in ordered]
    return Table((Column("hits"),), with_shares(rows))


def _reason(asked: Asked, reason: LeftOut) -> str:
    return name_of(asked.text, "left_out", reason.name.lower())
