"""How much of what a filter cuts is still told of a day once it is closed: `python -m bench.closed_days`.

A made-up crowd lives some days, which are then closed by the real code. Of all visits in cells cut by a pair, and of
all views of pages behind a filter, it tells the share in cells that are large themselves, and the share that is left
when with the small ones those are hidden by which they would follow (closing.py).
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, select

from analytics.closing import FLOOR, OPEN_DAYS, close_days
from analytics.codes import Step
from analytics.days import Days
from analytics.journal import HitLine
from analytics.simulation import Crowd, Room
from analytics.store import TWO_WAY, Store, add_tally, figures, page_figures
from analytics.tally import Tally

DAYS = Days("Asia/Shanghai")
KINDS = {"home": 1, "listing": 2, "product": 3, "cart": 4, "checkout": 5, "placed": 6}
ROOMS = (
    Room("home", begins=4, goes=2),
    Room("listing", begins=2, goes=4),
    Room("product", begins=5, goes=8, step=Step.VIEW),
    Room("cart", 0, 0, Step.CART, way_out=True),
    Room("checkout", 0, 0, Step.CHECKOUT, way_out=True),
    Room("placed", 0, 0, Step.PLACED, way_out=True),
)
PRODUCTS = [f"machine-{number}" for number in range(189)]
COUNTED = ((figures, "visits"), (page_figures, "views"))


class Shares(NamedTuple):
    """Of visits by pairs or of views by filters: in cells that are large, and in cells told of a closed day."""

    large: float
    told: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.closed_days", description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[80, 1_000, 10_000], help="visits a day")
    parser.add_argument("--days", type=int, default=3)
    wish = parser.parse_args()
    print(f"{'visits a day':>12}  {'visits by pairs':>22}  {'views by filters':>22}  {'s to close a day':>18}")
    for visits in wish.visits:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            pairs, pages, seconds = told_of(Path(folder), visits, wish.days)
        shares = "  ".join(f"{each.large:>9.0%} -> {each.told:>9.0%}" for each in (pairs, pages))
        print(f"{visits:>12,}  {shares}  {seconds:>18.2f}")


def told_of(folder: Path, visits: int, days: int) -> tuple[Shares, Shares, float]:
    """The shares of both kinds, and the seconds that it takes to close one day."""
    store = Store(f"sqlite:///{folder}/counts.db")
    store.create_tables()
    crowd = Crowd(KINDS, ROOMS, {"product": PRODUCTS}, DAYS, visits=visits, seed=1)
    today = DAYS.of(time.time())
    for day in range(today - OPEN_DAYS - days + 1, today - OPEN_DAYS + 1):
        tally = Tally()
        for line in crowd.lines_of(day, time.time()):
            if isinstance(line, HitLine):
                tally.book(line.moved)
        with store.writing() as connection:
            add_tally(connection, tally)
    with store.writing() as connection:
        before = [_sums(connection, table, count) for table, count in COUNTED]
        begun = time.perf_counter()
        close_days(connection, today)
        seconds = (time.perf_counter() - begun) / days
        after = [_sums(connection, table, count)[0] for table, count in COUNTED]
    pairs, pages = (Shares(large / total, told / total) for (total, large), told in zip(before, after, strict=True))
    return pairs, pages, seconds


def _sums(connection: Connection, table: Table, count: str) -> tuple[int, int]:
    """All that the two-dimensional cells hold, and what those of the floor and above hold."""
    two_way = table.c.cut.in_(TWO_WAY[table])

    def total(where: ColumnElement[bool]) -> int:
        return int(connection.scalar(select(func.sum(table.c[count])).where(where)) or 0)

    return total(two_way), total(two_way & (table.c[count] >= FLOOR))


if __name__ == "__main__":
    main()
