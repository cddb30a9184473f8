"""The erasure journal (S8): who was erased already, in a file outside everything that is restored. Clause 5.2.2b.

One line for each person, an audit reference and the number of their key: without the rows that were erased both are
meaningless. A line is on the disk before the erasure goes on, and is only ever added; its dot says that it is whole.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from app.foundation.durable import sync_folder
from app.settings import current_settings

NAME = "erased.log"
_LINE = re.compile(r"([0-9]{1,19}) ([0-9]{1,19}) \.\n")


def note_erased(audit_ref: int, subject_id: int) -> None:
    """Add a line, unless it is there; it is on the disk when this returns. Raises OSError."""
    if (audit_ref, subject_id) in set(erased()):
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        line = f"{audit_ref} {subject_id} .\n".encode()
        torn = os.fstat(file).st_size and not _ends_well(path)
        os.write(file, b"\n" + line if torn else line)
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(path.parent)


def erased() -> Iterator[tuple[int, int]]:
    """Every audit reference with the number of its key, oldest first. A line that a dying process tore is left out."""
    path = _path()
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            if found := _LINE.fullmatch(line):
                yield int(found[1]), int(found[2])


def _path() -> Path:
    return current_settings().instance_dir / NAME


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
