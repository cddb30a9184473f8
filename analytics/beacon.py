"""The beacon: a 1x1 image whose request counts the page that it stands in. Clauses 3.2, 3.2(1)a, 3.2(1)b.

`Beacon.answer` is the whole of it, called by a Flask route and, for speed, by `BeaconDoor` before any routing. Of the
request it looks at the query, the `visit` cookie and a few headers in memory. Whatever is wrong, the image is answered:
a page never breaks, and what was not counted is counted by its reason.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from analytics.agent import AgentClass, agent_of
from analytics.codes import LeftOut, Mark, Step, Width, page_code
from analytics.days import Days
from analytics.journal import HitLine, Journal, JournalUnavailable, LeftOutLine, PromotionLine
from analytics.place import Places
from analytics.promo_cookie import PromoCookie
from analytics.promotion import OF_NO_CAMPAIGN, Arm, Measure, Move, audience_of, unpacked
from analytics.promotion import advance as advance_promotions
from analytics.signing import Forged
from analytics.ticket import MEMBER, PREFETCHED, PROMOTIONS, Expired, Kind, Ticket, Tickets
from analytics.traffic import reason_to_leave_out
from analytics.visit import (
    Classes,
    Deltas,
    Hit,
    Moment,
    State,
    advance,
    begins_visit,
    memory_used,
    unseen,
    was_counted,
    without_memory,
)
from analytics.visit_cookie import VisitCookie

PATH = "/m/b.gif"
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
LONGEST_QUERY = 512

_WIDTHS = {"s": Width.S, "m": Width.M, "l": Width.L, "x": Width.X}
_STEPS = frozenset(Step)
_VIEW, _FORGET, _NO_WIDTH, _IN_CART = Kind.VIEW, Kind.FORGET, Width.UNKNOWN, Mark.IN_CART
"""Found once: Python 3.11 takes twice as long to find a member of an enumeration as to call a function."""

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


class Asked(NamedTuple):
    """All of a request that goes on from here: no address, no description, no host, no cookie but its own."""

    counts: bool
    """A GET by a browser that does not refuse to be counted."""
    query: str
    root: str
    agent: AgentClass
    """Coarse classes, of which a hit takes device, browser and system."""
    place: int
    not_a_person: LeftOut | None
    visit: str | None
    is_prefetch: bool
    promo: str | None


class Beacon:
    """Counts hits into a journal. `clock` gives seconds since 1970."""

    def __init__(
        self,
        tickets: Tickets,
        cookie: VisitCookie,
        promo: PromoCookie,
        journal: Journal,
        days: Days,
        clock: Callable[[], float],
        places: Places,
        *,
        https: bool = False,
        count_automated_browsers: bool = False,
    ) -> None:
        self.tickets, self.cookie, self.journal, self.days, self.clock = tickets, cookie, journal, days, clock
        self.places, self.https, self.count_automated_browsers = places, https, count_automated_browsers
        self.promo = promo

    def answer(self, environ: Environ) -> Answer:
        """The answer to one request for the image, after it was counted as far as it may be."""
        return self._answer(self._asked(environ), self.clock())

    def _asked(self, environ: Environ) -> Asked:
        """Address and description are reduced to coarse classes here, and forgotten."""
        agent = agent_of(environ.get("HTTP_USER_AGENT", ""), self.count_automated_browsers)
        place = self.places.place_of(environ.get("REMOTE_ADDR", ""))
        cookies = environ.get("HTTP_COOKIE", "")
        return Asked(
            environ["REQUEST_METHOD"] == "GET" and not refuses_counting(environ),
            environ.get("QUERY_STRING", ""),
            environ.get("SCRIPT_NAME", ""),
            agent,
            place,
            self._why_not_a_person(agent, environ, is_image=True),
            self.cookie.in_header(cookies),
            is_prefetch(environ),
            self.promo.in_header(cookies),
        )

    def why_not_a_person(self, environ: Environ) -> LeftOut | None:
        """Why the sender of a page request is taken for a robot or an AI agent; None for a person. See traffic.py."""
        agent = agent_of(environ.get("HTTP_USER_AGENT", ""), self.count_automated_browsers)
        return self._why_not_a_person(agent, environ, is_image=False)

    def _why_not_a_person(self, agent: AgentClass, environ: Environ, *, is_image: bool) -> LeftOut | None:
        return reason_to_leave_out(
            agent,
            environ,
            https=self.https,
            is_image=is_image,
            count_automated_browsers=self.count_automated_browsers,
        )

    def _answer(self, asked: Asked, seconds: float) -> Answer:
        fields = _fields(asked.query[:LONGEST_QUERY])
        found = LeftOut.OVERSIZED if len(asked.query) > LONGEST_QUERY else self._ticket(fields.get("t", ""), seconds)
        if isinstance(found, Ticket):
            if found.kind == _VIEW:
                return self._show(asked, found, fields, seconds) if asked.counts else _IMAGE
            if found.kind == _FORGET:
                return with_cookies(*self.cookie.forget_headers())
            found = LeftOut.FORGED
        return self._leave_out(found, seconds) if asked.counts else _IMAGE

    def _ticket(self, text: str, seconds: float) -> Ticket | LeftOut:
        try:
            return self.tickets.read(text, seconds)
        except Forged:
            return LeftOut.FORGED
        except Expired:
            return LeftOut.EXPIRED

    def leave_out(self, reason: LeftOut) -> None:
        """Count something that is not counted, by its reason; never raises."""
        self._leave_out(reason, self.clock())

    def _show(self, asked: Asked, ticket: Ticket, fields: dict[str, str], seconds: float) -> Answer:
        if asked.not_a_person:
            return self._leave_out(asked.not_a_person, seconds)
        if asked.is_prefetch:
            return self._leave_out(LeftOut.PREFETCHED, seconds)
        state = self.cookie.read(asked.visit, seconds)
        if state is not None and was_counted(state, ticket.tag):
            return _IMAGE
        now = Moment(int(seconds), self.days.of(seconds), self.days.hour_of(seconds))
        if state is None and fields.get("c") != "1":
            return self._test_cookies(asked.root, fields, unseen(now, _random()), seconds)
        fresh = _random() if state is not None and begins_visit(state, now) else 0
        return self._count(asked, ticket, _hit(asked, ticket, fields, fresh), state, now)

    def _count(self, asked: Asked, ticket: Ticket, hit: Hit, state: State | None, now: Moment) -> Answer:
        """Write the hit down, and only then hand out the cookie that says it is counted."""
        if state is None:
            after, moved, memory = None, without_memory(hit, now), 0
        else:
            after, moved = advance(state, hit, now)
            memory = memory_used(state)
        prefetched = int(bool(ticket.flags & PREFETCHED))
        promoted, promo = ([], []) if state is None else self._promote(asked.promo, ticket, memory, moved, now.seconds)
        try:
            hit_line = HitLine(ticket.nonce, memory, ticket.band, ticket.mark, prefetched, moved, ticket.key)
            self.journal.append(hit_line, *promoted)
        except JournalUnavailable:
            return _IMAGE
        return _IMAGE if after is None else with_cookies(self.cookie.header(after, now.seconds), *promo)

    def _promote(
        self, value: str | None, ticket: Ticket, memory: int, moved: Deltas, seconds: int
    ) -> tuple[list[PromotionLine], list[str]]:
        """What the page moves about promotions, and the `promo` cookie that remembers it; neither without consent."""
        if not ticket.flags & PROMOTIONS:
            return [], [self.promo.forget_header()] if value else []
        moves = [Move(moved.day, OF_NO_CAMPAIGN, Arm.OUTSIDE, Measure.ALLOWED)] if moved.number == 1 else []
        cookies = []
        if ticket.told:
            before = self.promo.read(value)
            after, happened = advance_promotions(before, unpacked(ticket.told), moved.day)
            moves += happened
            is_kept = after == before and (before or not value)
            cookies = [] if is_kept else [self.promo.header(after, seconds)]
        audience = audience_of(moved.classes)
        return [PromotionLine(ticket.nonce, memory, tuple(moves), audience)] if moves else [], cookies

    def _test_cookies(self, root: str, fields: dict[str, str], state: State, seconds: float) -> Answer:
        """Send a browser without cookie once to the same address, with one. If it comes without, it keeps none."""
        width = fields.get("w", "") if fields.get("w", "") in _WIDTHS else ""
        location = f"{root}{PATH}?t={fields['t']}&w={width}&c=1"
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


def _fields(query: str) -> dict[str, str]:
    fields = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        fields[name] = value
    return fields


def _hit(asked: Asked, ticket: Ticket, fields: dict[str, str], fresh: int) -> Hit:
    """The ticket's word and the coarse classes of the browser that brings it."""
    agent, width = asked.agent, _WIDTHS.get(fields.get("w", ""), _NO_WIDTH)
    member = ticket.flags & MEMBER
    classes = Classes(agent.device, width, agent.browser, agent.system, asked.place, ticket.language, member)
    page = page_code(ticket.page_kind, "" if ticket.mark == _IN_CART else ticket.key)
    step = ticket.step if ticket.step in _STEPS else 0
    return Hit(page, classes, ticket.source, ticket.campaign, step, ticket.tag, fresh)


def with_cookies(*values: str) -> Answer:
    return Answer("200 OK", _GIF_HEADERS + [("Set-Cookie", value) for value in values], GIF)


def refuses_counting(environ: Environ) -> bool:
    """The browser's own signal against tracking: Global Privacy Control or Do Not Track. Clause 3.1.2b."""
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def is_prefetch(environ: Environ) -> bool:
    """True for a request made in case the page should be wanted."""
    purpose = environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE") or environ.get("HTTP_X_MOZ") or ""
    return "prefetch" in purpose or "prerender" in purpose or purpose == "preview"


def _random() -> int:
    return secrets.randbits(63) or 1
