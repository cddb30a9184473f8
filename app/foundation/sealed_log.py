"""The sealed log of addresses, kept for the statutory duty and opened in no daily work. Clause 1.2.1(3).

Who asked for which route, when, with what answer: sealed (age, X25519) with the public keys of people who keep the
private ones away from every server. Given several keys, a record is sealed with one after the other, and it takes all
of these people together to open it.

A request only puts its record into memory; a thread seals what has come together, twice a second, and adds it to the
day's file as one line of base64. A process that is killed loses the records of its last second, one that ends in order
none. When the disk is full records wait in memory, up to MOST_WAITING; what finds no place is counted and left out.
"""

import json
import logging
import os
import threading
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import deque
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request
from pyrage import DecryptError, decrypt, encrypt
from pyrage.x25519 import Identity, Recipient

from app.foundation.clock import SHANGHAI, now
from app.foundation.day_files import DayFiles
from app.settings import Settings

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.5
MOST_WAITING = 20_000
_SEAL = b"age-encryption.org/"
UNLOGGED = frozenset({"static", "analytics.static", "analytics.image", "health.healthz", "health.readyz"})
"""Routes without a line in any log: files, the beacon (CLAUSES.md A.4, J9), and what machines ask each second."""
BEACON = "/m/b.gif"
"""Where the beacon answers; a request of a wrong method has no route there."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Record(NamedTuple):
    """One request. `at` is aware; the log keeps its second, in China time."""

    at: datetime
    address: str
    method: str
    route: str
    status: int
    request: str

    @property
    def day(self) -> date:
        return self.at.astimezone(SHANGHAI).date()

    def to_json(self) -> str:
        second = self.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        return json.dumps({**self._asdict(), "at": second})


class SealedLog:
    """One process's way into the sealed log. Cheap to write to; opening it needs what this machine has not got."""

    def __init__(self, files: DayFiles, keepers: Sequence[Recipient]) -> None:
        self.files, self.keepers = files, keepers
        self.left_out = 0
        self._waiting: deque[Record] = deque(maxlen=MOST_WAITING)
        self._starting, self._sealing = threading.Lock(), threading.Lock()
        self._awake = threading.Event()
        self._pid = 0
        self._is_failing = False

    def write(self, record: Record) -> None:
        """Take a record; it is sealed and on its way to the disk within a second. Never waits, never raises."""
        if self._pid != os.getpid():
            with self._starting:
                if self._pid != os.getpid():
                    self._begin()
        if len(self._waiting) == MOST_WAITING:
            self.left_out += 1
        self._waiting.append(record)
        if not self._awake.is_set():
            self._awake.set()

    def flush(self) -> None:
        """Seal what waits and write it down, one line a day. Raises OSError and keeps what could not be written."""
        with self._sealing:
            waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
            done = 0
            try:
                for day, records in groupby(waiting, key=lambda record: record.day):
                    some = list(records)
                    self.files.append(day, sealed("\n".join(record.to_json() for record in some), self.keepers))
                    done += len(some)
            finally:
                self._waiting.extendleft(reversed(waiting[done:]))

    def _begin(self) -> None:
        """The first record of this process, which may be a copy of one that had a thread."""
        self._waiting, self._sealing, self._awake = deque(maxlen=MOST_WAITING), threading.Lock(), threading.Event()
        threading.Thread(target=self._keep_sealing, name="sealed log").start()
        self._pid = os.getpid()

    def _keep_sealing(self) -> None:
        """Until the main thread ends, and then once more: the process waits for this thread."""
        while threading.main_thread().is_alive():
            if self._awake.wait(PAUSE_SECONDS):
                self._awake.clear()
                self._flush_if_possible()
                threading.main_thread().join(PAUSE_SECONDS)
        self._flush_if_possible()

    def _flush_if_possible(self) -> None:
        try:
            self.flush()
            self._is_failing = False
        except OSError as problem:
            self._awake.set()
            if not self._is_failing:
                log.error("the sealed log cannot be written, records wait: %s", problem.strerror)
            self._is_failing = True


class CannotOpen(ValueError):
    """A line that these keys do not open, or that was damaged."""


def sealed(text: str, keepers: Sequence[Recipient]) -> bytes:
    """The text as one line that takes the private keys of all keepers to open."""
    data = text.encode()
    for keeper in keepers:
        data = encrypt(data, [keeper])
    return b64encode(data)


def opened(line: bytes, identities: Sequence[Identity]) -> list[str]:
    """The records of one line, as JSON texts. Identities in any order. Raises CannotOpen."""
    try:
        data = decrypt(b64decode(line, validate=True), identities)
        while data.startswith(_SEAL):
            data = decrypt(data, identities)
    except (NotBase64, DecryptError) as problem:
        raise CannotOpen from problem
    text: str = data.decode()
    return text.split("\n")


def init_sealed_log(app: Flask, settings: Settings) -> None:
    """Write every answer down, where keys are set: production has no start without them."""
    files = DayFiles(settings.sealed_log_dir, "sealed", ".age")
    app.extensions["kept_logs"].append(files)
    if settings.sealed_log_keepers:
        app.extensions["sealed_log"] = SealedLog(files, settings.sealed_log_keepers)
        app.after_request(_write_down)


def _write_down(response: Response) -> Response:
    route = request.endpoint or "-"
    if route not in UNLOGGED and request.path != BEACON:
        method = request.method if request.method in METHODS else "other"
        record = Record(
            now(), request.remote_addr or "-", method, route, response.status_code, g.get("request_id", "-")
        )
        sealed_log: SealedLog = current_app.extensions["sealed_log"]
        sealed_log.write(record)
    return response
