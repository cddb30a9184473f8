"""Web and folder of a small site are killed at random instants while browsers open pages: `python -m bench.killing`.

Acknowledged means answered with a new cookie. Every acknowledged hit must be counted once, nothing that was not sent
may be, and what is counted beyond is at most what was in flight when a process died.
"""

import argparse
import fcntl
import http.client
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from analytics.beacon import PATH
from analytics.codes import LeftOut
from analytics.example.bakery import TICKET_KEYS, bakery
from analytics.extension import Analytics
from analytics.promotion import Act, Banner, Measure, Told, packed
from analytics.reading import Range
from analytics.store import nonces, promotions
from analytics.ticket import PROMOTIONS, Tickets
from bench.bakery_server import Process, a_free_port, folding, served
from bench.visitor import AS_BROWSER

BROWSERS = 4
ADVERTISED = packed(Told((Banner(Act.SHOWN, 1, 1),)))
"""What every page tells of promotions."""


@dataclass
class Sent:
    """The tickets that browsers sent, and of which they saw the answer."""

    acknowledged: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """What was sent, and what the counts say of it. `known` are the tickets that were counted."""

    sent: Sent
    known: set[int]
    views: int
    showings: int
    """Of the advertisement that stood on every page; its line goes into the journal beside the view's."""
    left_out: set[LeftOut]
    files_left: list[Path]

    @property
    def lost(self) -> int:
        return len(self.sent.acknowledged - self.known)

    @property
    def invented(self) -> int:
        """Views beyond the tickets that were sent and counted; each ticket counts once."""
        return self.views - len((self.sent.acknowledged | self.sent.unanswered) & self.known)

    @property
    def in_flight(self) -> int:
        """Counted, though nobody saw the answer."""
        return len(self.sent.unanswered & self.known)


class LiveBrowser(threading.Thread):
    """Opens a page as fast as it can, keeps its cookie, and goes on when the server is away for a while."""

    def __init__(self, port: int, stopping: threading.Event, sent: Sent) -> None:
        super().__init__(daemon=True)
        self.port, self.stopping, self.sent = port, stopping, sent
        self.tickets, self.cookie = Tickets(TICKET_KEYS), ""

    def run(self) -> None:
        while not self.stopping.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.connect()
            except OSError:
                time.sleep(0.02)
                continue
            while not self.stopping.is_set() and self._opens_a_page(connection):
                pass
            connection.close()

    def _opens_a_page(self, connection: http.client.HTTPConnection) -> bool:
        text = self.tickets.issue(seconds=time.time(), page_kind=1, flags=PROMOTIONS, told=ADVERTISED)
        nonce = self.tickets.read(text, time.time()).nonce
        try:
            status, cookie = self._asks(connection, f"{PATH}?t={text}&w=l")
            if status == 302:
                self.cookie = cookie
                status, cookie = self._asks(connection, f"{PATH}?t={text}&w=l&c=1")
        except (OSError, http.client.HTTPException):
            self.sent.unanswered.add(nonce)
            return False
        if status == 200 and cookie:
            self.cookie = cookie
            self.sent.acknowledged.add(nonce)
        return True

    def _asks(self, connection: http.client.HTTPConnection, address: str) -> tuple[int, str]:
        headers = AS_BROWSER | ({"Cookie": self.cookie} if self.cookie else {})
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, (answer.headers["Set-Cookie"] or "").partition(";")[0]


def killed_again_and_again(folder: Path, rounds: int, seed: int = 7) -> Outcome:
    """So many deaths of web, folder or both, at random instants; then what was left is folded and looked at."""
    _, analytics = bakery(folder, time.time)
    port, stopping, chance, sent = a_free_port(), threading.Event(), random.Random(seed), Sent()  # noqa: S311
    programs = [served(folder, port), folding(folder)]
    browsers = [LiveBrowser(port, stopping, sent) for _ in range(BROWSERS)]
    try:
        for browser in browsers:
            browser.start()
        for _ in range(rounds):
            until_answering(port)
            time.sleep(chance.uniform(0.05, 0.6))
            for program in chance.sample(programs, chance.choice([1, 1, 2])):
                program.kill()
                program.start()
        until_answering(port)
        time.sleep(0.3)
    finally:
        stopping.set()
        for browser in browsers:
            browser.join(10)
        end(programs)
    until_let_go(analytics.folder.folder)
    analytics.fold()
    return outcome_of(analytics, sent)


def outcome_of(analytics: Analytics, sent: Sent) -> Outcome:
    with analytics.store.reading() as connection:
        known = set(connection.scalars(select(nonces.c.nonce)))
        shown = select(func.sum(promotions.c.happened)).where(promotions.c.measure == Measure.SHOWN)
        showings = int(connection.scalar(shown) or 0)
    days = Range(analytics.today() - 1, analytics.today())
    found = Outcome(
        sent,
        known,
        analytics.reports.totals(days).views,
        showings,
        set(analytics.reports.left_out(days)),
        list(analytics.folder.folder.glob("*.hits")),
    )
    analytics.journal.close()
    analytics.store.engine.dispose()
    return found


def end(programs: list[Process]) -> None:
    for program in programs:
        program.kill()


def until_answering(port: int) -> None:
    """A whole answer, not only an open port: the server listens before it can answer. Raises TimeoutError."""
    for _ in range(3000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("HEAD", PATH)
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise TimeoutError("the server does not answer")


def until_let_go(journal: Path) -> None:
    """Wait until the files of the killed are closed: a worker dies a moment after its reaped parent."""
    for path in journal.glob("*.hits"):
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.killing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="killing-") as folder:
        found = killed_again_and_again(Path(folder), wish.rounds)
    sent = found.sent
    print(f"{wish.rounds} rounds: {len(sent.acknowledged)} acknowledged, {len(sent.unanswered)} unanswered")
    print(f"counted {found.views}: lost {found.lost}, invented {found.invented}, in flight {found.in_flight}")
    return 1 if found.lost or found.invented else 0


if __name__ == "__main__":
    sys.exit(main())
