"""The service log, and what the site's own work adds to the counters: times and faults. Clauses 1.2.1, 2.3, 2.9.

Each answered page gives one JSON line, of the fields listed in FIELDS and no others: no address, no account, no path,
no query, and no time finer than the minute. Every value is a code from a closed list, a number, or a name out of the
program itself. The beacon is in no line but a total for each minute (CLAUSES.md A.4, J9).

Where lines go is the host's matter. One that cannot be written is dropped and counted; the page is answered all the
same.
"""

import json
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from traceback import StackSummary, walk_tb
from typing import Any, NamedTuple

import structlog
from flask import Flask, Request, Response, got_request_exception, has_request_context, request

from analytics.agent import agent_of
from analytics.answer_times import AnswerTimes
from analytics.beacon import PATH, Environ
from analytics.codes import Device, Matter
from analytics.days import Days, date_of
from analytics.journal import Journal, JournalUnavailable, ServerLine
from analytics.leaving import PATH as LEAVING_PATH
from analytics.performance import bucket_of
from analytics.source import source_name, source_of

FIELDS: Mapping[str, frozenset[str]] = {
    "request": frozenset({"time", "request", "method", "route", "status", "ms", "browser", "referrer"}),
    "fault": frozenset({"time", "request", "route", "build", "device", "fault", "kind", "stack"}),
    "beacons": frozenset({"time", "answered"}),
    "dropped": frozenset({"time", "lines"}),
}
"""The kinds of lines and all that each may say. CLAUSES.md A.1, store L."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

DEEPEST = 40
"""Frames of a stack that a record keeps, from the innermost outwards."""

_BEGAN = "counting_house.began"
_to_json = json.JSONEncoder(separators=(",", ":")).encode


class UnlistedField(LookupError):
    """The program tried to log something that is not on the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWiring:
    """What the host decides. `write` takes a day and a line of it, without its end, and may raise OSError.

    `page_kind` says of a route and a status which kind of page was answered, "" for none that is counted; `request_id`
    the name by which this request is quoted; `build` which state of the program runs. Routes in `unlogged` leave no
    line.
    """

    write: Callable[[date, str], object]
    page_kind: Callable[[str, int], str] = lambda route, status: ""
    request_id: Callable[[], str] = lambda: "-"
    build: str = "-"
    unlogged: Collection[str] = frozenset({"static", "analytics.static", "analytics.image", "analytics.left"})


class RequestLog:
    """Watches one site: lines to its service log, times and faults to the counters."""

    def __init__(
        self,
        wiring: LogWiring,
        journal: Journal,
        days: Days,
        clock: Callable[[], float],
        page_kinds: Mapping[str, int],
    ) -> None:
        self.wiring, self.journal, self.days, self.clock, self.page_kinds = wiring, journal, days, clock, page_kinds
        self.times = AnswerTimes(journal)
        self.dropped = 0
        self.root = Path.cwd()
        self._minute = Minute(0, "", 0, date.min)
        self._beacons = (0, 0)
        self._lock = threading.Lock()
        self._log = structlog.wrap_logger(
            _Lines(self._hand_over),
            processors=[only_listed_fields, structlog.processors.JSONRenderer(serializer=_serialised)],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        ).bind()

    def watch(self, app: Flask) -> None:
        """Write a line after each answer and a record of each fault that the host's own handlers do not keep."""
        self.root = Path(app.root_path)
        app.wsgi_app = _Gate(app.wsgi_app, self)  # type: ignore[method-assign]
        app.after_request(self._note_answer)
        got_request_exception.connect(self._note_unhandled, app, weak=False)

    def count_beacon(self) -> None:
        """One more answered beacon. The total of a minute is written once the next one has begun."""
        minute = int(self.clock()) // 60
        with self._lock:
            before, answered = self._beacons
            self._beacons = (minute, answered + 1 if minute == before else 1)
        if answered and minute != before:
            self._write(self._minute_of(before), "beacons", answered=answered)

    def note_fault(self, route: str, error: BaseException) -> None:
        """Record a fault by its class, its place and the class of the device that asked, if one did. Clause 1.1.2a.

        Of the error's words and of all values nothing is kept.
        """
        kind, stack = type(error).__qualname__, stack_of(error, self.root)
        fault, minute = fault_code(kind, route, stack), self._minute_of(int(self.clock()) // 60)
        device = device_asking()
        self._count_fault(minute.day, fault, device)
        self._write(
            minute, "fault", request=self.wiring.request_id(), route=route,
            build=self.wiring.build, device=device.name.lower(), fault=f"{fault:x}", kind=kind, stack=stack,
        )  # fmt: skip

    def _note_unhandled(self, site: Flask, exception: BaseException, **_more: object) -> None:
        self.note_fault(request.endpoint or "-", exception)

    def _note_answer(self, response: Response) -> Response:
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # each look at a proxy costs 1 us
        environ, route, status = asked.environ, asked.endpoint or "-", response.status_code
        if route in self.wiring.unlogged or environ.get("PATH_INFO") in (PATH, LEAVING_PATH):
            return response
        method, now = environ["REQUEST_METHOD"], time.perf_counter()
        ms = round((now - environ.get(_BEGAN, now)) * 1000)
        minute = self._minute_of(int(self.clock()) // 60)
        self.times.add(minute.day, self.page_kinds.get(self.wiring.page_kind(route, status), 0), bucket_of(ms))
        self._write(
            minute,
            "request",
            request=self.wiring.request_id(),
            method=method if method in METHODS else "other",
            route=route,
            status=status,
            ms=ms,
            browser=browser_of(environ.get("HTTP_USER_AGENT", "")),
            referrer=referrer_of(environ.get("HTTP_REFERER", ""), environ.get("HTTP_HOST", "")),
        )
        return response

    def _count_fault(self, day: int, fault: int, device: Device) -> None:
        try:
            self.journal.append(ServerLine(day, Matter.FAULT, fault, device))
        except JournalUnavailable:
            return

    def _write(self, minute: "Minute", event: str, **fields: Any) -> None:
        try:
            self._log.info(event, time=minute.text, **fields)
            if self.dropped:
                lines, self.dropped = self.dropped, 0
                self._log.info("dropped", time=minute.text, lines=lines)
        except OSError:
            self.dropped += 1

    def _hand_over(self, line: str) -> None:
        self.wiring.write(self._minute.date, line)

    def _minute_of(self, number: int) -> "Minute":
        if self._minute.number != number:
            day = self.days.of(number * 60)
            text = datetime.fromtimestamp(number * 60, self.days.zone).isoformat(timespec="minutes")
            self._minute = Minute(number, text, day, date_of(day))
        return self._minute


class Minute(NamedTuple):
    """The finest time that a line knows, and its day in the site's time zone."""

    number: int
    text: str
    day: int
    date: date


class _Lines:
    """The last step of structlog: a rendered line goes to the host."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.info = write


class _Gate:
    """WSGI, outermost: counts beacons and looks at the clock before anything else happens."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]], log: RequestLog) -> None:
        self.wsgi_app, self.log = wsgi_app, log

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == PATH:
            self.log.count_beacon()
        else:
            environ[_BEGAN] = time.perf_counter()
        return self.wsgi_app(environ, start_response)


def only_listed_fields(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A step of structlog. Raises UnlistedField where a line would say more, or other things, than its kind may."""
    allowed = FIELDS.get(line["event"])
    if allowed is None or not allowed.issuperset(line.keys() - {"event"}):
        raise UnlistedField(sorted(line))
    return line


def _serialised(line: Mapping[str, Any], **_options: object) -> str:
    return _to_json(line)


def device_asking() -> Device:
    """The class of the device that is being answered; OTHER outside a request too."""
    return agent_of(request.headers.get("User-Agent", "")).device if has_request_context() else Device.OTHER


def browser_of(agent: str) -> str:
    """The family of the browser, out of the closed list; "-" for no description."""
    return agent_of(agent).browser.name.lower() if agent else "-"


def referrer_of(referrer: str, own_host: str) -> str:
    """The listed host that the visitor came from, "other" for one that is not listed, "-" for none or our own."""
    return source_name(source_of(referrer, own_host=own_host)) or "-" if referrer else "-"


def stack_of(error: BaseException, root: Path) -> list[str]:
    """Where an error arose, innermost first, as `file:line function`; files below `root` or a package's folder."""
    frames = StackSummary.extract(walk_tb(error.__traceback__), lookup_lines=False)
    return [f"{_short(frame.filename, root)}:{frame.lineno} {frame.name}" for frame in reversed(frames)][:DEEPEST]


def _short(file: str, root: Path) -> str:
    """The file's path without what only this machine knows."""
    _, packaged, inside = file.rpartition("site-packages/")
    if packaged:
        return inside
    return str(Path(file).relative_to(root)) if Path(file).is_relative_to(root) else Path(file).name


def fault_code(kind: str, route: str, stack: Sequence[str]) -> int:
    """A number for faults of one class, route and path through the program; a moved line does not change it."""
    places = [
        f"{file.rpartition(':')[0]} {function}" for file, _, function in (place.partition(" ") for place in stack)
    ]
    return int.from_bytes(blake2b("\n".join([kind, route, *places]).encode(), digest_size=8).digest()) >> 1
