"""What only a browser can tell of a page, told when the page goes out of view. Clauses 2.9, 2.10, 3.2.

A small script (static/leaving.js) sends to `/m/t` how long the page was in view, how long it took to load, and
which links out of the site were followed: names of hosts and endings of files. Hosts are reduced to the listed one or
`other`, endings to a closed list, times to sums and spans. Nothing of it moves a view, a visit or a visitor.

A page may go out of view several times. The number of each telling stands in the last bits of its nonce, so that each
counts once. Only a browser that bears a visit cookie is heard: one that refused counting just now has none any more.
"""

from collections.abc import Callable, Collection, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup

from analytics.beacon import Answer, Beacon, Environ, Headers, refuses_counting
from analytics.codes import Channel, Ending, Way, page_code, source_code
from analytics.journal import MOST_LINKS, MOST_SECONDS_IN_VIEW, NOT_LOADED, JournalUnavailable, LeavingLine, Led
from analytics.performance import bucket_of
from analytics.signing import Forged
from analytics.source import OTHER_HOST, source_of
from analytics.ticket import Expired, Kind, Ticket

PATH = "/m/t"
SCRIPT = Markup('<script type="module" src="{0}" data-leaving="{1}"></script>')
SCRIPT_FILE = "leaving.js"
SCRIPT_VERSION = sha256((Path(__file__).parent / "static" / SCRIPT_FILE).read_bytes()).hexdigest()[:10]

LONGEST_BODY = 1024
MOST_TELLINGS = 16
"""Of one page; those after them are dropped. A power of two."""

_ELSEWHERE = source_code(Channel.OTHER, OTHER_HOST)
_ENDINGS = {ending.name.lower(): ending for ending in Ending if ending}
_HEADERS: Headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
_HEARD = Answer("204 No Content", _HEADERS, b"")
_NO_POST = Answer("405 Method Not Allowed", [*_HEADERS, ("Allow", "POST"), ("Content-Length", "0")], b"")


class Leaving:
    """Hears pages that are left, with the beacon's keys, clock and journal. `partners` as in `source_of`."""

    def __init__(self, beacon: Beacon, partners: Collection[str] = ()) -> None:
        self.beacon, self.partners = beacon, partners

    def answer(self, environ: Environ) -> Answer:
        """The same for everything that is posted, whether it was counted, could not be read or came too late."""
        if environ["REQUEST_METHOD"] != "POST":
            return _NO_POST
        seconds, body = self.beacon.clock(), _body(environ)
        if body and self._is_counted(environ, seconds) and (line := self._line(body, seconds)):
            try:
                self.beacon.journal.append(line)
            except JournalUnavailable:
                return _HEARD
        return _HEARD

    def _is_counted(self, environ: Environ, seconds: float) -> bool:
        """Whether this browser's visits are counted. Of its cookie no more is looked at than that it is ours."""
        cookie = self.beacon.cookie
        return (
            not refuses_counting(environ)
            and cookie.read(cookie.in_header(environ.get("HTTP_COOKIE", "")), seconds) is not None
            and self.beacon.why_not_a_person(environ) is None
        )

    def _line(self, body: str, seconds: float) -> LeavingLine | None:
        """What a page told, cut down to what could be true of its ticket; None for what is no telling."""
        pairs = parse_qsl(body)
        fields = dict(pairs)
        ticket, number = self._ticket(fields.get("t", ""), seconds), _whole(fields.get("n", ""))
        if ticket is None or number is None or number >= MOST_TELLINGS:
            return None
        shown_at = ticket.minute * 60
        longest = max(0, min(MOST_SECONDS_IN_VIEW, int(seconds) - shown_at))
        in_view_ms, loaded_ms = _whole(fields.get("s", "")) or 0, _whole(fields.get("l", "")) or 0
        return LeavingLine(
            ticket=ticket.nonce & -MOST_TELLINGS | number,
            day=self.beacon.days.of(shown_at),
            page=page_code(ticket.page_kind, ticket.key),
            hits=int(number == 0),
            seconds=min(round(in_view_ms / 1000), longest),
            bucket=bucket_of(loaded_ms) if loaded_ms and number == 0 else NOT_LOADED,
            led=tuple(self._led(way, value) for way, value in pairs if way in ("o", "d"))[:MOST_LINKS],
        )

    def _ticket(self, text: str, seconds: float) -> Ticket | None:
        try:
            ticket = self.beacon.tickets.read(text, seconds)
        except (Forged, Expired):
            return None
        return ticket if ticket.kind == Kind.LEAVING else None

    def _led(self, way: str, value: str) -> Led:
        if way == "d":
            return Led(Way.DOWNLOAD, _ENDINGS.get(value.lower(), Ending.OTHER))
        return led_to_host(value, self.partners)


def led_to_host(host: str, partners: Collection[str] = ()) -> Led:
    """A link to this host, which is named only where it is listed."""
    found = source_of(f"https://{host}/", own_host="", partners=partners)
    return Led(Way.LINK, _ELSEWHERE if found == source_code(Channel.DIRECT) else found)


class LeavingDoor:
    """WSGI: answers what pages tell before routing, sessions, logs and everything else; passes on the rest."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]], leaving: Leaving) -> None:
        self.wsgi_app, self.leaving = wsgi_app, leaving

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return self.wsgi_app(environ, start_response)
        answer = self.leaving.answer(environ)
        start_response(answer.status, list(answer.headers))
        return [answer.body]


def _body(environ: Environ) -> str:
    """What was posted; "" where it is too long, of unknown length, or breaks off."""
    length = _whole(environ.get("CONTENT_LENGTH") or "") or 0
    if length > LONGEST_BODY:
        return ""
    try:
        return str(environ["wsgi.input"].read(length), "ascii", "replace")
    except OSError:
        return ""


def _whole(text: str) -> int | None:
    """The number that a few digits write; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
