"""Logs that are kept for a stated time: one file a day, shared by all processes of a machine, deleted by its name.

A line is one `write()` to the end of the file, so that lines of several processes never mix. A name says the day and
nothing else. How long a log is kept is the policy's business (`app/privacy/log_keeping.py`).
"""

import os
import threading
from collections.abc import Iterator
from datetime import date
from errno import ENOSPC
from pathlib import Path


class DayFiles:
    """The files `<stem>-<day><suffix>` of one folder."""

    def __init__(self, folder: Path, stem: str, suffix: str) -> None:
        self.folder, self.stem, self.suffix = folder, stem, suffix
        self._lock = threading.Lock()
        self._file, self._day = -1, date.min
        self._is_torn = False

    def append(self, day: date, line: bytes) -> None:
        """Add a line (without its end) to the file of `day`. Raises OSError; a later call tries anew."""
        with self._lock:
            if self._day != day or self._file < 0 or os.fstat(self._file).st_nlink == 0:
                self._open(day)
            data = b"%b%b\n" % (b"\n" if self._is_torn else b"", line)
            written = os.write(self._file, data)
            self._is_torn = written != len(data)
            if self._is_torn:
                raise OSError(ENOSPC, "no room for a whole line")

    def forget(self, before: date) -> int:
        """Delete the files of all days before this one; how many there were."""
        old = [path for day, path in self.files() if day < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def files(self) -> Iterator[tuple[date, Path]]:
        """Every file with its day, oldest first; what else lies in the folder is none of ours."""
        for path in sorted(self.folder.glob(f"{self.stem}-*{self.suffix}")):
            try:
                yield date.fromisoformat(path.name[len(self.stem) + 1 : -len(self.suffix)]), path
            except ValueError:
                continue

    def _open(self, day: date) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{self.stem}-{day.isoformat()}{self.suffix}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._day, self._is_torn = day, False
