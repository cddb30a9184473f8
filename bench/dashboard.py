"""`python -m bench.dashboard FOLDER`: how long the dashboard and each of its panels take on years of made-up visits.

The store in FOLDER is made at the first run, through the real folding code, and kept for the next. The site is the
package's example: the shop's own pages and permissions are no part of what is measured. Aim: the slowest panel, all
its rows, within 200 ms at p95.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from flask import Flask

from analytics.codes import Step
from analytics.dashboard.panels import PANELS
from analytics.example.bakery import bakery
from analytics.simulation import Room

AIM_P95_MS = 200
NOW = 1_795_406_400
LOAVES = 250
ROOMS = (
    Room("front", begins=30, goes=20),
    Room("bread", begins=30, goes=40, step=Step.VIEW),
    Room("basket", 0, 0, Step.CART, way_out=True),
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
    app, analytics = bakery(wish.folder, lambda: NOW, rooms=ROOMS, page_keys=lambda: keys)
    if analytics.reports.first_day() is None:
        print(f"Making {wish.days} days at {wish.visits} visits a day ...", flush=True)
        analytics.simulate(days=wish.days, visits=wish.visits, seed=1)
    slowest = 0.0
    for question in QUESTIONS:
        spent = {name: p50_and_p95(app, f"/dashboard/{name}?{question}", wish.times) for name in PANELS}
        name = max(spent, key=lambda each: spent[each][1])
        whole = p50_and_p95(app, f"/dashboard?{question}", wish.times)
        print(f"{question:<42} page p50 {whole[0]:>4.0f} p95 {whole[1]:>4.0f} ms   ", end="")
        print(f"slowest panel {name} p50 {spent[name][0]:.0f} p95 {spent[name][1]:.0f} ms", flush=True)
        slowest = max(slowest, spent[name][1])
    print(f"store: {wish.folder.joinpath('counts.db').stat().st_size / 1e6:.1f} MB")
    return 0 if slowest <= AIM_P95_MS else 1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--visits", type=int, default=10_000, help="a day")
    parser.add_argument("--times", type=int, default=20, help="each address is asked")
    return parser.parse_args()


def p50_and_p95(app: Flask, path: str, times: int) -> tuple[float, float]:
    """Milliseconds of whole answers, rendered, after a first one that is not counted."""
    client, spent = app.test_client(), []
    for _ in range(times + 1):
        started = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise LookupError(f"{path} answers {answer.status_code}")
    return statistics.median(spent[1:]), statistics.quantiles(spent[1:], n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
