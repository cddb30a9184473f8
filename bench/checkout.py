"""Whole checkouts, many at once: each puts a machine into a member's cart, reads the review page and places the order.

Every order is another buyer's or a later one of the same, since an account may hold goods in few unpaid orders only.
"""

import re
import threading
import time
from collections import deque
from html import unescape

from bench.effort import cpu_seconds
from bench.live import LiveShop
from bench.load import Answers
from bench.measuring import Figure, Pace, web_processes
from bench.stocking import ORDERS_A_BUYER, Prepared
from bench.visitor import Refused, Visitor

ADD, REVIEW = "/zh-cn/cart/lines", "/zh-cn/checkout"
UNITS_AN_ORDER = 20


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
