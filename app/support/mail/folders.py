"""Where mail lies: a maildir, an mbox, or a folder with one file for each. Read only, unless it is to be removed."""

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.support.mail.reading import MOST_BYTES


@dataclass(frozen=True)
class Found:
    """One mail: its bytes (at most MOST_BYTES), when it came to lie there, and how it is removed, where it can be."""

    content: bytes
    lies_since: datetime
    remove: Callable[[], None] | None = None


def mails_in(place: Path) -> Iterator[Found]:
    """Each mail, the oldest file first. What vanishes meanwhile is passed over. Of an mbox nothing can be removed."""
    if place.is_file():
        yield from _of_mbox(place)
        return
    folders = [place / "new", place / "cur"] if (place / "new").is_dir() and (place / "cur").is_dir() else [place]
    files = [
        file for folder in folders for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")
    ]
    for file in sorted(files, key=lambda file: (_modified(file), file.name)):
        try:
            with file.open("rb") as opened:
                yield Found(opened.read(MOST_BYTES), _modified(file), file.unlink)
        except FileNotFoundError:
            continue


def _of_mbox(file: Path) -> Iterator[Found]:
    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            yield Found(box.get_file(key).read(MOST_BYTES), _modified(file))
    finally:
        box.close()


def _modified(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)
