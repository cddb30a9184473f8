"""Files packed while they are read, and encrypted while they are packed: a ZIP, sealed with age to a recipient's key.

Nothing plain touches a disk, and one piece at a time is in memory however many there are. Clauses P.5, 4.2, 4.3.2b.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pyrage import encrypt_io
from pyrage.x25519 import Recipient as AgeKey

from app.foundation.clock import SHANGHAI
from app.foundation.durable import writing_whole

Entries = Iterable[tuple[str, Iterable[bytes]]]
"""Names in the ZIP, each with its content piece by piece."""


def zipped(entries: Entries, at: datetime, kind: int = zipfile.ZIP_DEFLATED) -> Iterator[bytes]:
    """The ZIP, piece by piece; every entry has the time `at`. `kind` is that of the module zipfile."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", kind) as archive:
        for name, pieces in entries:
            made = zipfile.ZipInfo(name, at.astimezone(SHANGHAI).timetuple()[:6])
            made.compress_type = kind
            with archive.open(made, "w") as entry:
                for piece in pieces:
                    entry.write(piece)
                    yield sink.taken()
    yield sink.taken()


def write_encrypted(path: Path, public_key: str, pieces: Iterable[bytes]) -> None:
    """The pieces as a file that opens with `age` and the key's other half; whole, or not there. Raises OSError.

    What the pieces raise while they are made goes on to the caller.
    """
    source = _Source(pieces)
    with writing_whole(path) as file:
        try:
            encrypt_io(source, file, [AgeKey.from_str(public_key)])
        finally:
            if source.fault:  # age would tell it as its own, without the kind
                raise source.fault


class _Sink(io.RawIOBase):
    """Takes what the archive writes until it is passed on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What came together since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class _Source:
    """Pieces as a file that is read once; `fault` is what making them raised."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""
        self.fault: BaseException | None = None

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        try:
            while not self._left:
                self._left = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as fault:
            self.fault = fault
            raise
        given, self._left = self._left[:size], self._left[size:]
        return given
