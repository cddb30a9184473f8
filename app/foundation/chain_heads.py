"""The heads of the ledger's chain, kept outside the database in a file that only grows. Clause 5.1.1f.

Whoever can change the database could write the whole chain anew from some entry on. The heads written here meanwhile
would not fit it. Each line is signed and on the disk before the next one; the worker writes one a minute where
entries came. The file belongs on a disk of its own, or is copied away.

A store that was restored from a backup has a shorter chain than the heads say. Somebody accepts that once, by a line
that says from which number on the heads before it no longer count; it stays in the file like every other.

Before entries whose time is over are cut off the beginning of the chain, a line says up to which link (`chain_cuts`).
"""

import fcntl
import hmac
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.foundation.audit import chain_end
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.durable import sync_folder
from app.foundation.encryption import signing_keys
from app.foundation.jobs import every
from app.settings import current_settings

_TAIL_BYTES = 512
"""More than the longest line."""
_ACCEPTED = "accepted"
"""The first word of a line by which heads beyond its number were given up."""
_CUT = "cut"
"""The first word of a line by which the links up to its number were to be cut off."""


class HeadsAltered(ValueError):
    """A line of the file is not one that we wrote, or stands where it cannot; the message says which."""


@dataclass(frozen=True)
class Head:
    """The chain had so many links at that moment, and the last one had this hash."""

    number: int
    hash: str
    at: str
    word: str = ""
    """What its line begins with, where it is more than a head."""

    @property
    def gives_up(self) -> bool:
        """Whether the heads beyond it that stand before it were given up."""
        return self.word == _ACCEPTED

    @property
    def is_cut(self) -> bool:
        """Whether the chain was to begin after it from then on."""
        return self.word == _CUT

    def to_line(self) -> str:
        return f"{self._said} {_signatures(self)[0]}"

    @property
    def _said(self) -> str:
        """What is signed."""
        return f"{self.word} {self.number} {self.hash} {self.at}".strip()

    @classmethod
    def from_line(cls, line: str) -> "Head":
        """Raises HeadsAltered."""
        word = _word_of(line)
        number, _, rest = line.removeprefix(f"{word} ").partition(" ")
        digest, _, rest = rest.partition(" ")
        moment, _, signature = rest.partition(" ")
        if not number.isascii() or not number.isdigit():
            raise HeadsAltered("not a head")
        head = cls(int(number), digest, moment, word)
        if not any(hmac.compare_digest(signature.encode(), known.encode()) for known in _signatures(head)):
            raise HeadsAltered("not signed by us")
        return head


@every(seconds=60, name="audit.keep_head")
def keep_head() -> bool:
    """Add the present head to the file of this machine, if the chain grew since the last one there."""
    end = chain_end(db.session())
    return end.number > 0 and add_head(heads_file(), end.number, end.hash, now())


def heads_file() -> Path:
    """Where the running application keeps its heads."""
    return current_settings().ledger_heads


def add_head(file: Path, number: int, digest: str, at: datetime) -> bool:
    """Append a head and wait for the disk; False where the file has one as high. Raises OSError, HeadsAltered.

    Safe in several processes at once.
    """
    return _append(file, Head(number, digest, at.isoformat(timespec="seconds")))


def give_up_heads(file: Path, number: int, digest: str, at: datetime) -> bool:
    """Accept that the chain ends with this link, which has a hash: heads beyond it count no more.

    False where the file has none beyond it. Raises OSError, HeadsAltered.
    """
    return _append(file, Head(number, digest, at.isoformat(timespec="seconds"), _ACCEPTED))


def note_cut(file: Path, number: int, digest: str, at: datetime) -> bool:
    """Write down that the links up to this one are cut off, before they are. Its hash stays the chain's beginning.

    False where no head of the file is as high. Raises OSError, HeadsAltered.
    """
    return _append(file, Head(number, digest, at.isoformat(timespec="seconds"), _CUT))


def _append(file: Path, head: Head) -> bool:
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        torn, last = _last_of(handle)
        if not _has_its_place(head, last):
            return False
        os.write(handle, f"{chr(10) if torn else ''}{head.to_line()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        sync_folder(file.parent)
    return True


def _has_its_place(head: Head, last: Head | None) -> bool:
    """Whether a line says something new after the highest head: a higher one, a lower one given up to, a cut below."""
    highest = last.number if last else 0
    if head.is_cut:
        return head.number <= highest
    return head.number < highest if head.gives_up else head.number > highest


def heads_in(file: Path) -> Iterator[Head]:
    """Every head of a file that counts, the lowest first, one at a time, and among them cuts where they were noted.

    No file has no heads. A last line without its end was cut off by a crash and is no head. Heads that were given up
    are read and left out. Raises HeadsAltered.
    """
    given_up = list(_given_up(file))
    for place, head in _lines_of(file):
        if not any(place < later and head.number > number for later, number in given_up):
            yield head


def _given_up(file: Path) -> Iterator[tuple[int, int]]:
    """(line, number) of each giving up. A forged one is none; the walk tells of it where it stands."""
    if not file.exists():
        return
    with file.open() as lines:
        for place, line in enumerate(lines, 1):
            if line.startswith(_ACCEPTED) and line.endswith("\n"):
                with suppress(HeadsAltered):
                    yield place, Head.from_line(line[:-1]).number


def _lines_of(file: Path) -> Iterator[tuple[int, Head]]:
    if not file.exists():
        return
    before = 0
    with file.open() as lines:
        for place, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            if _is_torn(line):
                continue
            try:
                head = Head.from_line(line[:-1])
            except HeadsAltered as problem:
                raise HeadsAltered(f"line {place} of the heads: {problem}") from None
            if head.is_cut:
                follows = head.number <= before
            else:
                follows, before = head.gives_up or head.number > before, head.number
            if not follows:
                raise HeadsAltered(f"line {place} of the heads does not follow the one before it")
            yield place, head


def last_head(file: Path) -> Head | None:
    """The highest head of a file. Raises HeadsAltered."""
    if not file.exists():
        return None
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _last_of(handle)[1]
    finally:
        os.close(handle)


def _last_of(handle: int) -> tuple[bool, Head | None]:
    """Whether the file ends in a line that a crash cut off, and the last whole head, which is no cut."""
    size, length = os.fstat(handle).st_size, _TAIL_BYTES
    while True:
        tail = os.pread(handle, length, max(0, size - length)).decode(errors="replace")
        *whole, rest = tail.split("\n")
        whole = [line for line in whole[size > length :] if not _is_torn(line) and _word_of(line) != _CUT]
        if whole or length >= size:
            return bool(rest), Head.from_line(whole[-1]) if whole else None
        length *= 2


def _is_torn(line: str) -> bool:
    """Whether a crash cut this line off; the next writer ended it. Only a line without signature can be one."""
    return len(line.split()) < (5 if _word_of(line) else 4)


def _word_of(line: str) -> str:
    return next((word for word in (_ACCEPTED, _CUT) if line.startswith(word)), "")


def _signatures(head: Head) -> list[str]:
    """Under every key that we have, the newest first."""
    text = head._said.encode()
    return [hmac.digest(key, text, "sha256").hex() for key in signing_keys("ledger.head")]
