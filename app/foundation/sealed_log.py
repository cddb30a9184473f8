"""The sealed log of addresses, kept for the statutory duty and opened in no daily work. Clause 1.2.1(3).

Who asked for which route, when, with what answer: sealed (age, X25519) with the public keys of people who keep the
private ones away from every server. Given several keys, a record is sealed with one after the other, and it takes all
of these people together to open it.

A request only puts its record into memory; a thread seals what has come together (waiting_lines.py).
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from flask import Flask, Request, Response, current_app, g, request
from pyrage import DecryptError, decrypt, encrypt
from pyrage.x25519 import Identity, Recipient

from app.foundation.clock import SHANGHAI, now
from app.foundation.day_files import DayFiles
from app.foundation.waiting_lines import WaitingLines
from app.settings import Settings

_SEAL = b"age-encryption.org/"
UNLOGGED = frozenset(
    {"static", "analytics.static", "analytics.image", "analytics.left", "health.healthz", "health.readyz"}
)
"""Routes without a line in any log: files, the beacon, how pages are left (CLAUSES.md A.4, J9), and what machines ask
each second."""
COUNTING = ("/m/b.gif", "/m/t")
"""Where the beacon is answered, and pages that are left; a request of a wrong method has no route there."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Record(NamedTuple):
    """One request. `at` is in China time; the log keeps its second."""

    at: datetime
    address: str
    method: str
    route: str
    status: int
    request: str

    def to_json(self) -> str:
        return json.dumps({**self._asdict(), "at": self.at.isoformat(timespec="seconds")})


def sealed_lines(files: DayFiles, keepers: Sequence[Recipient]) -> WaitingLines[Record]:
    """The way into the sealed log: what comes together within a moment is sealed together, as one line of the file."""

    def put(day: date, records: Sequence[Record]) -> None:
        files.append(day, sealed("\n".join(record.to_json() for record in records), keepers))

    return WaitingLines("sealed log", put)


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
        app.extensions["sealed_log"] = sealed_lines(files, settings.sealed_log_keepers)
        app.after_request(_write_down)


def _write_down(response: Response) -> Response:
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # each look at a proxy costs 1 us
    route = asked.endpoint or "-"
    if route not in UNLOGGED and asked.path not in COUNTING:
        method = asked.method if asked.method in METHODS else "other"
        at, address = now().astimezone(SHANGHAI), asked.remote_addr or "-"
        sealed_log: WaitingLines[Record] = current_app.extensions["sealed_log"]
        sealed_log.add(at.date(), Record(at, address, method, route, response.status_code, g.get("request_id", "-")))
    return response
