"""Whole checkouts, many at once: each puts a machine into a member's cart, reads the review page and places the order.

`python -m bench.checkout` measures them on SQLite and on a PostgreSQL that writes each commit to the disk, with the
server of `make run` and its worker at work, at 4 and at 16 clients. Every order is another buyer's or a later one of
the same, since an account may hold goods in few unpaid orders only.
"""

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import ExitStack
from html import unescape
from pathlib import Path

from bench.effort import cpu_seconds
from bench.engines import Postgres
from bench.live import LiveShop
from bench.load import Answers
from bench.measuring import Figure, Pace, web_processes
from bench.stocking import ORDERS_A_BUYER, SHIPPED, Prepared, stock_up
from bench.visitor import Refused, Visitor

ADD, REVIEW = "/zh-cn/cart/lines", "/zh-cn/checkout"
UNITS_AN_ORDER = 20
WARM_UP_SECONDS = 3
BUYERS_A_SECOND = 40
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


class Run:
    """The checkouts of one measurement: who is still to order, how long each took, what was refused."""

    def __init__(self, shop: LiveShop, prepared: Prepared, pace: Pace) -> None:
        self.shop, self.pace = shop, pace
        self.waiting = deque(
            (buyer, prepared.skus[(number + turn) % len(prepared.skus)])
            for turn in range(ORDERS_A_BUYER)
            for number, buyer in enumerate(prepared.buyers)
        )
        self.times: list[float] = []
        self.refused: list[str] = []

    def go(self) -> float:
        """Run all connections until the time is over or every buyer has ordered; gives the seconds it took."""
        began = time.monotonic()
        self.end = began + self.pace.seconds
        threads = [threading.Thread(target=self._one_connection) for _ in range(self.pace.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - began

    def _one_connection(self) -> None:
        visitor = Visitor("127.0.0.1", self.shop.port)
        while time.monotonic() < self.end:
            try:
                (session, token), sku = self.waiting.popleft()
            except IndexError:
                return
            visitor.cookies = {"sid": session}
            started = time.perf_counter()
            try:
                buy(visitor, token, sku)
                self.times.append((time.perf_counter() - started) * 1000)
            except (Refused, LookupError, ValueError, OSError) as problem:
                self.refused.append(str(problem))


def buy(visitor: Visitor, token: str, sku: int) -> None:
    """One checkout. Raises Refused or LookupError when it does not end at an order."""
    visitor.send(ADD, [("form_token", token), ("sku", str(sku)), ("quantity", str(UNITS_AN_ORDER))])
    page = visitor.get(REVIEW).text
    start = page.index(f'action="{REVIEW}"')
    hidden = re.findall(r"<input[^>]*>", page[start : page.index("</form>", start)])
    fields = [(attribute("name", tag), attribute("value", tag)) for tag in hidden]
    placed_at = visitor.send(REVIEW, [(name, value) for name, value in fields if name])
    if "done=placed" not in placed_at:
        raise LookupError(f"placing led to {placed_at}")


def attribute(name: str, tag: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def measure_checkouts(shop: LiveShop, prepared: Prepared, pace: Pace) -> Figure:
    run = Run(shop, prepared, pace)
    web = web_processes(shop)
    before = cpu_seconds(web)
    seconds = run.go()
    for problem in sorted(set(run.refused))[:3]:
        print(f"        refused: {problem[:200]}")
    times = sorted(run.times) or [0.0]
    answers = Answers(len(run.times), seconds, times[len(times) // 2], times[int(len(times) * 0.99)], len(run.refused))
    cpu_ms = (cpu_seconds(web) - before) * 1000 / max(1, len(run.times))
    return Figure("whole checkout", answers, cpu_ms, 0, 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.checkout", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="of each row")
    parser.add_argument("--clients", type=int, nargs="+", default=[4, 16])
    parser.add_argument("--stores", nargs="+", default=[SQLITE, POSTGRESQL], choices=[SQLITE, POSTGRESQL])
    wish = parser.parse_args()
    print(f"{'store':<12}{'clients':>8}{'per s':>8}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>8}{'placed':>8}{'failed':>8}")
    return 1 if sum(measure_store(store, wish.clients, wish.seconds) for store in wish.stores) else 0


def measure_store(store: str, clients: list[int], seconds: float) -> int:
    """One shop on this store, a row for each number of clients; gives how many checkouts failed."""
    with ExitStack() as stack:
        settings = {"RATE_LIMITS": "off"}
        if store == POSTGRESQL:
            postgres = stack.enter_context(Postgres(durable=True))
            names = ("SHOP_DATABASE_URL", "KEY_DATABASE_URL", "ANALYTICS_DATABASE_URL")
            settings |= {name: postgres.new_database() for name in names}
        shop = LiveShop(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))), settings)
        runs = [Pace(WARM_UP_SECONDS, max(clients)), *(Pace(seconds, count) for count in clients)]
        wanted = [round(pace.seconds * BUYERS_A_SECOND) for pace in runs]
        prepared = stock_up(shop, SHIPPED, buyers=sum(wanted))
        shop.start()
        stack.callback(shop.stop)
        failed, buyers = 0, iter(prepared.buyers)
        for pace, count in zip(runs, wanted, strict=True):
            some = Prepared([next(buyers) for _ in range(count)], prepared.skus)
            found = measure_checkouts(shop, some, pace)
            failed += found.answers.failed
            if pace is not runs[0]:
                show(store, pace, found)
    return failed


def show(store: str, pace: Pace, found: Figure) -> None:
    answers = found.answers
    print(
        f"{store:<12}{pace.connections:>8}{answers.per_second:>8.1f}{answers.p50:>9.1f}{answers.p99:>9.1f}"
        f"{found.cpu_ms:>8.1f}{answers.count:>8}{answers.failed:>8}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
