"""Browsers with cookie jars against the running shop over a month of moved clock: `python -m bench.exactness`.

Every range of days is asked for afterwards. Views, visits, visitors and bounces must be the truth; seconds may differ
by what a second is rounded to at each hit, since only the server knows when it looked at its clock.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from pathlib import Path

from analytics.days import Days
from analytics.reading import Range
from analytics.reports import Reports
from analytics.store import Store
from analytics.visit import IDLE_SECONDS
from bench.live import LiveShop
from bench.visitor import Visitor

PATHS = ("/zh-cn/", "/en/products", "/zh-cn/cart", "/en/search?q=s21", "/zh-cn/help")
SLOTS = (9 * 3600, 9 * 3600 + 900, 15 * 3600)
"""Moments of a day, in seconds from midnight, at which browsers come: the second belongs to the first one's visit."""

DAYS = Days("Asia/Shanghai")


@dataclass
class Browser:
    """A cookie jar, and the moments (moved seconds since 1970) at which its pages were counted."""

    visitor: Visitor
    moments: list[float] = field(default_factory=list)

    def opens(self, path: str, offset: float) -> None:
        """A page and its image. Raises LookupError when the page carries none."""
        page = self.visitor.get(path).text
        found = re.search(r'src="(/m/b\.gif\?t=[^"]*w=x)"', page)
        if not found:
            raise LookupError(f"{path} is not counted")
        self.visitor.get(unescape(found[1]))
        self.moments.append(time.time() + offset)

    def visits(self) -> list[list[float]]:
        visits: list[list[float]] = []
        for moment in self.moments:
            if visits and moment - visits[-1][-1] < IDLE_SECONDS:
                visits[-1].append(moment)
            else:
                visits.append([moment])
        return visits


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.exactness", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=40)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exactness-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("0")
        shop = LiveShop(Path(folder), {"CLOCK_FILE": str(clock), "RATE_LIMITS": "off"})
        shop.start()
        try:
            store = Store(f"sqlite:///{Path(folder)}/instance/analytics.db")
            before = Reports(store, {})
            first = DAYS.of(time.time()) + 1
            known = before.totals(Range(first, first + wish.days)).views
            browsers = lived(shop, clock, first, wish.days, wish.browsers)
            time.sleep(4)
            wrong = compared(before, browsers, first, wish.days)
        finally:
            shop.stop()
    print(f"{wrong} of {wish.days * (wish.days + 1) // 2} ranges wrong" + (f"; {known} views were there" * bool(known)))
    return 1 if wrong or known else 0


def lived(shop: LiveShop, clock: Path, first: int, days: int, number: int) -> list[Browser]:
    """Let the days pass, each browser coming as chance has it."""
    chance = random.Random(5)  # noqa: S311
    browsers = [Browser(Visitor("127.0.0.1", shop.port)) for _ in range(number)]
    for day in range(first, first + days):
        for slot in SLOTS:
            offset = DAYS.start_of(day) + slot - time.time()
            clock.write_text(str(offset))
            time.sleep(1.3)
            for browser in browsers:
                if chance.random() < 0.35:
                    for _ in range(chance.randint(1, 3)):
                        browser.opens(chance.choice(PATHS), offset)
        print(f"day {day - first + 1} of {days}", end="\r", flush=True)
    print()
    return browsers


def compared(reports: Reports, browsers: list[Browser], first: int, days: int) -> int:
    """In how many ranges a figure is not the truth."""
    wrong = 0
    for begin in range(first, first + days):
        for end in range(begin, first + days):
            found = reports.totals(Range(begin, end))
            visits = [v for browser in browsers for v in browser.visits() if begin <= DAYS.of(v[0]) <= end]
            seen = [m for browser in browsers for m in browser.moments if begin <= DAYS.of(m) <= end]
            visitors = sum(any(begin <= DAYS.of(m) <= end for m in browser.moments) for browser in browsers)
            truth = (len(seen), len(visits), visitors, sum(len(visit) == 1 for visit in visits))
            seconds = sum(b - a for visit in visits for a, b in pairwise(visit))
            off = abs(found.seconds - seconds) > 2 * len(seen)
            if (found.views, found.visits, found.visitors, found.bounces) != truth or off:
                wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
