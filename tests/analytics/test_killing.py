"""Web and folder are killed at random instants: what was acknowledged is counted once, what was not sent never."""

import fcntl
import http.client
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.beacon import PATH
from analytics.codes import LeftOut
from analytics.example.bakery import TICKET_KEYS, bakery
from analytics.reading import Range
from analytics.store import nonces
from analytics.ticket import Tickets
from tests.analytics.browsing import CHROME
from tests.analytics.serving import a_free_port, folding, served

ROUNDS = 10
BROWSERS = 4


@dataclass
class Sent:
    """What one browser sent, and of which it saw the answer."""

    acknowledged: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)


class LiveBrowser(threading.Thread):
    """Opens a page as fast as it can, keeps its cookie, and goes on when the server is away for a while."""

    def __init__(self, port: int, stopping: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.stopping = port, stopping
        self.tickets, self.cookie, self.sent = Tickets(TICKET_KEYS), "", Sent()

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
        text = self.tickets.issue(seconds=time.time(), page_kind=1)
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
        headers = {"User-Agent": CHROME, **({"Cookie": self.cookie} if self.cookie else {})}
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, (answer.headers["Set-Cookie"] or "").partition(";")[0]


def until_answering(port: int) -> None:
    """A whole answer, not only an open port: the server listens before it can answer."""
    for _ in range(500):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("HEAD", PATH)
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise AssertionError("the server does not answer")


def until_let_go(journal: Path) -> None:
    """Wait until the files of the killed are closed: a worker dies a moment after its reaped parent."""
    for path in journal.glob("*.hits"):
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)


@pytest.fixture
def analytics(tmp_path) -> Iterator:
    _, found = bakery(tmp_path, time.time)
    yield found
    found.journal.close()
    found.store.engine.dispose()


@pytest.mark.clause("3.2(1)a")
def test_every_acknowledged_hit_is_counted_once_however_often_web_and_folder_are_killed(tmp_path, analytics):
    port, stopping, chance = a_free_port(), threading.Event(), random.Random(7)
    web, folder = served(tmp_path, port), folding(tmp_path)
    browsers = [LiveBrowser(port, stopping) for _ in range(BROWSERS)]
    try:
        for browser in browsers:
            browser.start()
        for _ in range(ROUNDS):
            until_answering(port)
            time.sleep(chance.uniform(0.05, 0.6))
            for process in chance.sample([web, folder], chance.choice([1, 1, 2])):
                process.kill()
                process.start()
        until_answering(port)
        time.sleep(0.3)
    finally:
        stopping.set()
        for browser in browsers:
            browser.join(10)
        web.kill()
        folder.kill()
    until_let_go(analytics.folder.folder)
    assert_counted_exactly(analytics, [browser.sent for browser in browsers])


def assert_counted_exactly(analytics, all_sent: list[Sent]) -> None:
    analytics.fold()
    acknowledged = set().union(*(sent.acknowledged for sent in all_sent))
    unanswered = set().union(*(sent.unanswered for sent in all_sent))
    with analytics.store.reading() as connection:
        known = set(connection.scalars(select(nonces.c.nonce)))
    today = Range(analytics.today() - 1, analytics.today())
    views = analytics.reports.totals(today).views
    assert len(acknowledged) > 200
    assert acknowledged <= known
    assert views == len((acknowledged | unanswered) & known)
    assert len(acknowledged) <= views <= len(acknowledged) + len(unanswered)
    assert set(analytics.reports.left_out(today)) <= {LeftOut.RACED, LeftOut.DAMAGED}
    assert not list(analytics.folder.folder.glob("*.hits"))
