"""`python -m bench.dashboard FOLDER`: how long the dashboard and each of its panels take on years of made-up visits.

The store in FOLDER (or at --database) is made at the first run, through the real folding code, and kept for the next;
a run that was stopped goes on after the last closed day. The site is the package's example: the shop's own pages and
permissions are no part of what is measured. Aim: the slowest panel, all its rows, within 200 ms at p95.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text

from analytics.codes import Step
from analytics.dashboard.panels import PANELS
from analytics.days import Days
from analytics.example.bakery import PAGE_KINDS, bakery
from analytics.extension import Analytics
from analytics.simulation import Room
from analytics.store import Store, hours, metadata

AIM_P95_MS = 200
NOW = 1_795_406_400
TODAY = Days("Asia/Shanghai").of(NOW)
LOAVES = 250
ROOMS = (
    Room("front", begins=30, goes=20),
    Room("bread", begins=30, goes=40, step=Step.VIEW),
    Room("basket", 0, 0, Step.CART, way_out=True),
    Room("till", 0, 0, Step.PLACED, way_out=True),
)
QUESTIONS = (
    "period=28d",
    "period=12m",
    "period=all&compare=none",
    "period=all&device=phone",
    "period=all&device=phone&channel=search",
)


def main() -> int:
    wish = options()
    wish.folder.mkdir(parents=True, exist_ok=True)
    keys = {"bread": [f"loaf{number}" for number in range(LOAVES)]}
    place = {"database_url": wish.database} if wish.database else {}
    kinds = {**PAGE_KINDS, "till": 4}
    app, analytics = bakery(
        wish.folder, lambda: NOW, rooms=ROOMS, page_kinds=kinds, page_keys=lambda: keys, **place
    )  # fmt: skip
    if last_day(analytics.store) < TODAY:
        make(analytics, wish.days, wish.visits)
    clock = time.process_time if wish.processor else time.perf_counter
    slowest = 0.0
    for question in QUESTIONS:
        spent = {name: p50_and_p95(app, f"/dashboard/{name}?{question}", wish.times, clock) for name in PANELS}
        name = max(spent, key=lambda each: spent[each][1])
        whole = p50_and_p95(app, f"/dashboard?{question}", wish.times, clock)
        print(f"{question:<42} page p50 {whole[0]:>4.0f} p95 {whole[1]:>4.0f} ms   ", end="")
        print(f"slowest panel {name} p50 {spent[name][0]:.0f} p95 {spent[name][1]:.0f} ms", flush=True)
        slowest = max(slowest, spent[name][1])
    show_sizes(analytics.store, wish.days)
    return 0 if slowest <= AIM_P95_MS else 1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--visits", type=int, default=10_000, help="a day")
    parser.add_argument("--times", type=int, default=20, help="each address is asked")
    parser.add_argument("--database", default="", help="address of a store elsewhere, such as PostgreSQL's")
    parser.add_argument(
        "--processor", action="store_true", help="this process's processor time in place of the clock's"
    )
    return parser.parse_args()


def last_day(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.scalar(select(func.max(hours.c.day))) or 0)


def make(analytics: Analytics, days: int, visits: int) -> None:
    """Fill the store, and say every ten days how it goes."""
    print(f"Making {days} days at {visits} visits a day ...", flush=True)
    began, worked, of_days = time.monotonic(), time.process_time(), [0]

    def tell(lines: int) -> None:
        of_days.append(lines)
        if len(of_days) % 10 == 1 and (total := sum(of_days)):
            each = (time.process_time() - worked) / total * 1e6
            minutes = (time.monotonic() - began) / 60
            print(
                f"day {len(of_days) - 1:>3} of {days}: {total:,} lines in {minutes:.1f} min, {each:.0f} us each",
                flush=True,
            )

    analytics.simulate(days=days, visits=visits, seed=1, after_day=tell)


def p50_and_p95(app: Flask, path: str, times: int, clock: Callable[[], float]) -> tuple[float, float]:
    """Milliseconds of whole answers, rendered, after a first one that is not counted."""
    client, spent = app.test_client(), []
    for _ in range(times + 1):
        started = clock()
        answer = client.get(path)
        spent.append((clock() - started) * 1000)
        if answer.status_code != 200:
            raise LookupError(f"{path} answers {answer.status_code}")
    return statistics.median(spent[1:]), statistics.quantiles(spent[1:], n=20)[-1]


def show_sizes(store: Store, days: int) -> None:
    """Rows and megabytes of each table, the largest first."""
    with store.reading() as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
        if connection.dialect.name == "sqlite":
            sizes = dict(connection.execute(text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")).all())
        else:
            sizes = {
                name: connection.scalar(text("SELECT pg_total_relation_size(:name)"), {"name": name}) for name in rows
            }
    for name in sorted(rows, key=lambda each: -rows[each]):
        if rows[name]:
            print(f"{name:<28} {rows[name]:>12,} rows  {rows[name] / days:>10,.0f} a day  {sizes[name] / 1e6:>9.1f} MB")
    print(f"{'in all':<28} {sum(rows.values()):>12,} rows  {'':>16}  {sum(sizes.values()) / 1e6:>9.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
