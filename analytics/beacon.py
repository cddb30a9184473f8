"""The beacon: a 1x1 image whose request counts the page that it stands in. Clauses 3.2, 3.2(1)a, 3.2(1)b.

`Beacon.answer` is the whole of it, called by a Flask route and, for speed, by `BeaconDoor` before any routing. Of the
request it looks at the query, the `visit` cookie and a few headers in memory. Whatever is wrong, the image is answered:
a page never breaks, and what was not counted is counted by its reason.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from analytics.codes import LeftOut, Step, Width, page_code
from analytics.days import Days
from analytics.device import device_of
from analytics.journal import HitLine, Journal, JournalUnavailable, LeftOutLine
from analytics.robots import is_robot
from analytics.signing import Forged
from analytics.ticket import MEMBER, PREFETCHED, Expired, Kind, Ticket, Tickets
from analytics.visit import Hit, Moment, State, advance, memory_used, unseen, was_counted, without_memory
from analytics.visit_cookie import VisitCookie

PATH = "/m/b.gif"
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
LONGEST_QUERY = 512

_WIDTHS = {"s": Width.S, "m": Width.M, "l": Width.L, "x": Width.X}
_STEPS = frozenset(Step)

Headers = list[tuple[str, str]]
Environ = dict[str, Any]

_GIF_HEADERS: Headers = [
    ("Content-Type", "image/gif"),
    ("Content-Length", str(len(GIF))),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


class Answer(NamedTuple):
    status: str
    headers: Headers
    body: bytes


_IMAGE = Answer("200 OK", _GIF_HEADERS, GIF)


class Beacon:
    """Counts hits into a journal. `clock` gives seconds since 1970."""

    def __init__(
        self,
        tickets: Tickets,
        cookie: VisitCookie,
        journal: Journal,
        days: Days,
        clock: Callable[[], float],
        *,
        count_automated_browsers: bool = False,
    ) -> None:
        self.tickets, self.cookie, self.journal, self.days, self.clock = tickets, cookie, journal, days, clock
        self.count_automated_browsers = count_automated_browsers

    def answer(self, environ: Environ) -> Answer:
        """The answer to one request for the image, after it was counted as far as it may be."""
        seconds = self.clock()
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] == "HEAD" or refuses_counting(environ):
            return _IMAGE
        if len(query) > LONGEST_QUERY:
            return self._leave_out(LeftOut.OVERSIZED, seconds)
        fields = dict(pair.partition("=")[::2] for pair in query.split("&"))
        try:
            ticket = self.tickets.read(fields.get("t", ""), seconds)
        except Forged:
            return self._leave_out(LeftOut.FORGED, seconds)
        except Expired:
            return self._leave_out(LeftOut.EXPIRED, seconds)
        if ticket.kind == Kind.FORGET:
            return with_cookies(self.cookie.forget_headers())
        return self._show(environ, ticket, fields, seconds)

    def leave_out(self, reason: LeftOut) -> None:
        """Count something that is not counted, by its reason; never raises."""
        self._leave_out(reason, self.clock())

    def _show(self, environ: Environ, ticket: Ticket, fields: dict[str, str], seconds: float) -> Answer:
        agent = environ.get("HTTP_USER_AGENT", "")
        if is_robot(agent, self.count_automated_browsers):
            return self._leave_out(LeftOut.ROBOT, seconds)
        if is_prefetch(environ):
            return self._leave_out(LeftOut.PREFETCHED, seconds)
        state = self.cookie.read(self.cookie.in_header(environ.get("HTTP_COOKIE", "")), seconds)
        if state is not None and was_counted(state, ticket.tag):
            return _IMAGE
        now = Moment(int(seconds), self.days.of(seconds))
        if state is None and fields.get("c") != "1":
            return self._test_cookies(environ, fields, unseen(now, _random()), seconds)
        hit = Hit(
            page_code(ticket.page_kind, ticket.key), ticket.language, ticket.source, device_of(agent),
            _WIDTHS.get(fields.get("w", ""), Width.UNKNOWN), ticket.flags & MEMBER,
            ticket.step if ticket.step in _STEPS else Step.NONE, ticket.tag, _random(),
        )  # fmt: skip
        return self._count(ticket, hit, state, now)

    def _count(self, ticket: Ticket, hit: Hit, state: State | None, now: Moment) -> Answer:
        """Write the hit down, and only then hand out the cookie that says it is counted."""
        if state is None:
            after, moved, memory = None, without_memory(hit, now), 0
        else:
            after, moved = advance(state, hit, now)
            memory = memory_used(state)
        prefetched = int(bool(ticket.flags & PREFETCHED))
        try:
            self.journal.append(HitLine(ticket.nonce, memory, ticket.band, prefetched, moved, ticket.key))
        except JournalUnavailable:
            return _IMAGE
        return _IMAGE if after is None else with_cookies([self.cookie.header(after, now.seconds)])

    def _test_cookies(self, environ: Environ, fields: dict[str, str], state: State, seconds: float) -> Answer:
        """Send a browser without cookie once to the same address, with one. If it comes without, it keeps none."""
        width = fields.get("w", "") if fields.get("w", "") in _WIDTHS else ""
        location = f"{environ.get('SCRIPT_NAME', '')}{PATH}?t={fields['t']}&w={width}&c=1"
        headers = [("Location", location), ("Set-Cookie", self.cookie.header(state, seconds)), *_GIF_HEADERS]
        return Answer("302 Found", headers, GIF)

    def _leave_out(self, reason: LeftOut, seconds: float) -> Answer:
        try:
            self.journal.append(LeftOutLine(self.days.of(seconds), reason, 1))
        except JournalUnavailable:
            return _IMAGE
        return _IMAGE


class BeaconDoor:
    """WSGI: answers the beacon before routing, sessions and everything else of the host; passes on the rest."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]], beacon: Beacon) -> None:
        self.wsgi_app, self.beacon = wsgi_app, beacon

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.wsgi_app(environ, start_response)
        answer = self.beacon.answer(environ)
        start_response(answer.status, list(answer.headers))
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" else []


def with_cookies(values: Iterable[str]) -> Answer:
    return Answer("200 OK", [*_GIF_HEADERS, *(("Set-Cookie", value) for value in values)], GIF)


def refuses_counting(environ: Environ) -> bool:
    """The browser's own signal against tracking: Global Privacy Control or Do Not Track. Clause 3.1.2b."""
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def is_prefetch(environ: Environ) -> bool:
    """True for a request made in case the page should be wanted."""
    purpose = environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE") or environ.get("HTTP_X_MOZ") or ""
    return "prefetch" in purpose or "prerender" in purpose or purpose == "preview"


def _random() -> int:
    return secrets.randbits(63) or 1
