"""The spool between the beacon and the counters: an append-only file per process, one `write()` for each hit.

A hit is acknowledged only when its line is in the file, so that a killed process loses nothing; a thread pushes the
file to the disk five times a second (`sync="each"`: before every answer). Here stands the one list of what a hit may
hold.
"""

import fcntl
import logging
import os
import secrets
import threading
from collections.abc import Callable
from errno import ENOSPC
from functools import lru_cache
from pathlib import Path
from struct import Struct, error
from typing import Literal, NamedTuple
from zlib import crc32

from analytics.codes import Device, Ending, LeftOut, Matter, Way, is_page_key
from analytics.promotion import Audience, Move
from analytics.visit import Classes, Deltas

log = logging.getLogger(__name__)

Sync = Literal["background", "each"]

DAY, CODE, SMALL, COUNT, NONCE, KEY = "day", "code", "small number", "count", "nonce", "catalogue key"
TERM = "search term above its floor"

ALLOWED = {
    **dict.fromkeys(("day", "visit_day", "last_day", "month", "week", "cohort"), DAY),
    **dict.fromkeys(("page", "entry", "left", "source", "first_source", "campaign", "step_before", "step_after"), CODE),
    **dict.fromkeys(("band", "mark", "reason", "cut", "a", "b", "measure"), CODE),
    **dict.fromkeys((name for field in Classes._fields for name in (field, f"visit_{field}")), CODE),
    **dict.fromkeys(("hour", "minute", "number", "gap", "seconds", "shown_after_prefetch"), SMALL),
    **dict.fromkeys(("views", "pages", "visits", "bounces", "entries", "exits", "visitors", "hits", "orders"), COUNT),
    **dict.fromkeys(("amount", "browsers", "found"), COUNT),
    **dict.fromkeys(("matter", "page_kind", "bucket", "fault", "way", "target"), CODE),
    **dict.fromkeys(("answers",), COUNT),
    **dict.fromkeys(("arm", "lag"), CODE),
    **dict.fromkeys(("happened", "released"), COUNT),
    **dict.fromkeys(("ticket", "memory"), NONCE),
    **dict.fromkeys(("key",), KEY),
    **dict.fromkeys(("term",), TERM),
}
"""Every field that a journal line or a counter table may have, and its kind. No address, no agent string, no URL, no
free text, no number of a person, a session or an order: there is no kind for them. A search term is never in a journal:
the host tells it after the day, and only where several browsers searched for it (terms.py). Times are days; hours stand
in sums of the whole site, and minutes in those of the last half hour alone."""

LAST_DAY = 65_535

MOST_PAGE_KINDS, MOST_SPANS = 127, 32

MOST_SECONDS_IN_VIEW = 1800
"""The longest stretch in view that is believed: that of the pause which ends a visit."""

MOST_LINKS = 8
NOT_LOADED = MOST_SPANS
"""Stands for the span of a page's loading where none is told."""

SUFFIX = ".hits"
SEGMENT_BYTES = 8 << 20
SYNC_SECONDS = 0.2


class HitLine(NamedTuple):
    """One counted page. `ticket` and `memory` are the nonces by which a repetition is known; see fold.py."""

    ticket: int
    memory: int
    """A digest of the cookie's nonce and page number that this hit used up; 0 without cookies."""
    band: int
    mark: int
    """What the page told of the thing that `key` names; see codes.Mark."""
    shown_after_prefetch: int
    moved: Deltas
    key: str


class LeftOutLine(NamedTuple):
    """Something that was not counted, and why. `hits` may be -1: a prefetched page was shown after all."""

    day: int
    reason: int
    hits: int


class ServerLine(NamedTuple):
    """The site's own work: answers (`a` their kind of page, `b` their span of time) or faults (`a` their code,
    `b` the class of the device that asked)."""

    day: int
    matter: int
    a: int
    b: int
    answers: int = 1
    """How many of them; also of faults."""


class PromotionLine(NamedTuple):
    """What one counted page moved about promotions. `ticket` and `memory` as in its hit's line."""

    ticket: int
    memory: int
    moves: tuple[Move, ...]
    audience: Audience = Audience()


class Led(NamedTuple):
    """A link that was followed; see codes.Way for what `target` means."""

    way: int
    target: int


class LeavingLine(NamedTuple):
    """What a page told when it went out of view. `ticket` is the nonce of this telling; `hits` is 1 for a page's first.

    `seconds` it was in view since its last telling, and `bucket`, the span of the time that it took to load.
    """

    ticket: int
    day: int
    page: int
    hits: int
    seconds: int
    bucket: int
    led: tuple[Led, ...]


Line = HitLine | LeftOutLine | ServerLine | PromotionLine | LeavingLine

_HEAD = ("ticket", "memory", "band", "mark", "shown_after_prefetch")
_MOVED = Deltas._fields[:-2]
_CLASSES = len(Classes._fields)
_SINGLE = len(_HEAD) + len(_MOVED)
_BOTH_CLASSES = (*Classes._fields, *(f"visit_{name}" for name in Classes._fields))
_WIDTHS = {DAY: "H", SMALL: "I", CODE: "q", COUNT: "q", NONCE: "q"}
_WITHIN_BOUNDS = Struct(">" + "".join(_WIDTHS[ALLOWED[name]] for name in (*_HEAD, *_MOVED)))
"""Packing fails for a number that is too large for its kind: one step in place of forty comparisons."""
_CLASSES_WITHIN_BOUNDS = Struct(">" + "".join(_WIDTHS[ALLOWED[name]] for name in _BOTH_CLASSES))
_MOVE_WITHIN_BOUNDS = Struct(">" + "".join(_WIDTHS[ALLOWED[name]] for name in Move._fields))
_AUDIENCE_WITHIN_BOUNDS = Struct(">" + "".join(_WIDTHS[ALLOWED[name]] for name in Audience._fields))
_LEFT_OUT = b"L\t%d\t%d\t%d"
_SERVER = b"S\t%d\t%d\t%d\t%d\t%d"
_HIT = b"H" + b"\t%d" * (_SINGLE + len(_BOTH_CLASSES)) + b"\t%b"


def written(line: Line) -> bytes:
    """The line as it stands in the file: fields, then a checksum that tells a damaged line."""
    if isinstance(line, HitLine):
        moved = line.moved
        text = _HIT % (*line[:5], *moved[:-2], *moved.classes, *moved.visit_classes, line.key.encode())
    elif isinstance(line, PromotionLine):
        text = "\t".join(["P", *(str(int(n)) for n in (*line[:2], *line.audience, *sum(line.moves, ())))]).encode()
    elif isinstance(line, LeavingLine):
        text = "\t".join(["T", *(str(int(n)) for n in (*line[:-1], *sum(line.led, ())))]).encode()
    else:
        text = (_SERVER if isinstance(line, ServerLine) else _LEFT_OUT) % line
    return b"%b\t%08x\n" % (text, crc32(text))


class Damaged(ValueError):
    """A line that this code did not write, or not in full."""


def read(line: bytes) -> Line:
    """Undo `written` (without the line's end). Raises Damaged for anything outside the list above."""
    text, _, checksum = line.rpartition(b"\t")
    if checksum != b"%08x" % crc32(text):
        raise Damaged
    kind, *fields = text.decode("ascii", "replace").split("\t")
    try:
        return _READERS[kind](fields)
    except (ValueError, TypeError, KeyError, error) as problem:
        raise Damaged from problem


def _hit_of(fields: list[str]) -> HitLine:
    numbers, key = list(map(int, fields[:_SINGLE])), fields[-1]
    if not is_page_key(key) or min(numbers) < 0:
        raise Damaged
    _WITHIN_BOUNDS.pack(*numbers)
    classes, visit_classes = _both_classes_of(*fields[_SINGLE:-1])
    ticket, memory, band, mark, shown_after_prefetch, *moved = numbers
    return HitLine(
        ticket, memory, band, mark, shown_after_prefetch, Deltas._make([*moved, classes, visit_classes]), key
    )


@lru_cache(maxsize=8192)
def _both_classes_of(*fields: str) -> tuple[Classes, Classes]:
    """Of the page and of its visit. Most lines of a journal bear what another one bore: read once, held once."""
    numbers = list(map(int, fields))
    if min(numbers) < 0:
        raise Damaged
    _CLASSES_WITHIN_BOUNDS.pack(*numbers)
    classes, visit_classes = Classes._make(numbers[:_CLASSES]), Classes._make(numbers[_CLASSES:])
    return classes, classes if visit_classes == classes else visit_classes


def _left_out_of(fields: list[str]) -> LeftOutLine:
    day, reason, hits = (int(field) for field in fields)
    if not 0 <= day <= LAST_DAY or abs(hits) > 1:
        raise Damaged
    return LeftOutLine(day, LeftOut(reason), hits)


def _server_line_of(fields: list[str]) -> ServerLine:
    """A line without a number, as earlier versions wrote it, is of one."""
    day, matter, a, b, answers = (int(field) for field in (fields if len(fields) > 4 else [*fields, "1"]))
    if not (0 <= day <= LAST_DAY and 0 <= a < 2**63 and 0 <= b <= MOST_SPANS and 0 < answers < 2**31):
        raise Damaged
    if matter == Matter.ANSWER and a > MOST_PAGE_KINDS:
        raise Damaged
    if matter == Matter.FAULT:
        Device(b)
    return ServerLine(day, Matter(matter), a, b, answers)


def _promotion_of(fields: list[str]) -> PromotionLine:
    ticket, memory, *numbers = map(int, fields)
    width, classes = len(Move._fields), len(Audience._fields)
    audience, numbers = Audience._make(numbers[:classes]), numbers[classes:]
    if len(numbers) % width or min(ticket, memory, *audience, *numbers) < 0 or max(ticket, memory) >= 2**63:
        raise Damaged
    moves = tuple(Move._make(numbers[start : start + width]) for start in range(0, len(numbers), width))
    for move in moves:
        _MOVE_WITHIN_BOUNDS.pack(*move)
    _AUDIENCE_WITHIN_BOUNDS.pack(*audience)
    return PromotionLine(ticket, memory, moves, audience)


def _leaving_of(fields: list[str]) -> LeavingLine:
    ticket, day, page, hits, seconds, bucket, *numbers = map(int, fields)
    if len(numbers) % 2 or len(numbers) > 2 * MOST_LINKS or min(ticket, day, page, hits, seconds, bucket) < 0:
        raise Damaged
    if max(ticket, page) >= 2**63 or day > LAST_DAY or hits > 1 or seconds > MOST_SECONDS_IN_VIEW:
        raise Damaged
    if bucket > NOT_LOADED:
        raise Damaged
    led = tuple(Led(Way(way), target) for way, target in zip(numbers[::2], numbers[1::2], strict=True))
    for way, target in led:
        if way == Way.DOWNLOAD:
            Ending(target)
        elif not 0 <= target < 2**40:
            raise Damaged
    return LeavingLine(ticket, day, page, hits, seconds, bucket, led)


_READERS: dict[str, Callable[[list[str]], Line]] = {
    "H": _hit_of, "L": _left_out_of, "P": _promotion_of, "S": _server_line_of, "T": _leaving_of
}  # fmt: skip


class JournalUnavailable(OSError):
    """The line is not in the file; the hit must not be acknowledged."""


class Journal:
    """This process's file. Opened at the first line (so also after a fork), renewed when it is large or broken.

    The file is held with an exclusive lock as long as it is written, from before it gets its name: whoever gets the
    lock knows that no line will follow.
    """

    def __init__(self, folder: Path, *, sync: Sync = "background", segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder, self.sync, self.segment_bytes = folder, sync, segment_bytes
        self._lock = threading.Lock()
        self._file, self._pid, self._size = -1, 0, 0
        self._failing = False
        self._unsynced, self._closed = threading.Event(), threading.Event()

    def append(self, *lines: Line) -> None:
        """Put the lines into the file in one write. Raises JournalUnavailable; the next call tries anew."""
        data = b"".join(map(written, lines))
        with self._lock:
            try:
                self._write(data)
                self._failing = False
            except OSError as problem:
                self._abandon()
                self._complain(problem)
                raise JournalUnavailable(*problem.args) from problem

    def _complain(self, problem: OSError) -> None:
        """Once, until a line gets through again: every hit would say the same."""
        if not self._failing:
            log.error("the journal cannot be written, hits are not counted: %s", problem.strerror)
        self._failing = True

    def close(self) -> None:
        """Give the file up; a later line opens another."""
        with self._lock:
            self._abandon()
            self._pid = 0
        self._closed.set()
        self._unsynced.set()

    def _write(self, data: bytes) -> None:
        if self._file < 0 or self._pid != os.getpid() or self._size >= self.segment_bytes:
            self._open()
        size = os.write(self._file, data)
        if size != len(data):
            os.ftruncate(self._file, self._size)
            raise OSError(ENOSPC, "no room for a whole line")
        self._size += size
        if self.sync == "each":
            os.fdatasync(self._file)
        elif not self._unsynced.is_set():
            self._unsynced.set()

    def _open(self) -> None:
        self._abandon()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / secrets.token_hex(8)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(path, path.with_suffix(SUFFIX))
        self._size = 0
        if self.sync == "background" and self._pid != os.getpid():
            self._closed = threading.Event()
            threading.Thread(target=self._keep_syncing, args=(self._closed,), daemon=True, name="journal").start()
        self._pid = os.getpid()

    def _abandon(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _keep_syncing(self, closed: threading.Event) -> None:
        while self._unsynced.wait() and not closed.is_set():
            self._unsynced.clear()
            self._sync_once()
            closed.wait(SYNC_SECONDS)

    def _sync_once(self) -> None:
        with self._lock:
            file = os.dup(self._file) if self._file >= 0 else -1
        if file < 0:
            return
        try:
            os.fdatasync(file)
        except OSError:
            log.exception("the journal cannot be pushed to the disk")
            with self._lock:
                self._abandon()
        finally:
            os.close(file)
