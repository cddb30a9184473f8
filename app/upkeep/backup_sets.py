"""Sets of encrypted backups in a folder: one sub-folder a set, named after its moment. Clauses 2.4, 5.2.2b.

A set is written beside its place and moved there when it is whole and on the disk, so that a set that can be seen is
whole: a process killed in the middle leaves a `.part` that counts for nothing and goes with the next set.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage.x25519 import Identity, Recipient

from app.foundation.durable import sync_folder

_NAME, _PART, _LIST = "%Y%m%dT%H%M%SZ", ".part", "set.json"


class BackupDamaged(RuntimeError):
    """A file of a set is missing or not the one that was written."""


@dataclass(frozen=True)
class BackupSet:
    """A whole set. `facts` is what its list says: by file its digest and size, and what the maker added."""

    folder: Path
    at: datetime
    facts: dict[str, Any]

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.facts["files"]
        return found

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(line["bytes"] for line in self.files.values())

    def opened(self, name: str, identities: Sequence[Identity]) -> IO[bytes]:
        """What a file of the set holds. Raises BackupDamaged, pyrage.DecryptError."""
        path = self.folder / f"{name}.age"
        if not path.exists() or _digest(path) != self.files[name]["sha256"]:
            raise BackupDamaged(f"{path.name} of {self.folder.name} is missing or altered")
        plain = io.BytesIO()
        with path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, plain, identities)
        plain.seek(0)
        return plain


class Writing:
    """A set that is being written. `add` its files, then `finish`."""

    def __init__(self, folder: Path, at: datetime, readers: Sequence[Recipient]) -> None:
        self._place = folder / at.astimezone(UTC).strftime(_NAME)
        self._part = self._place.with_suffix(_PART)
        self._at, self._readers = at, list(readers)
        self._files: dict[str, dict[str, Any]] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.glob(f"*{_PART}"):
            shutil.rmtree(old, ignore_errors=True)
        self._part.mkdir(mode=0o700)

    def add(self, name: str, content: IO[bytes]) -> None:
        """Encrypt a stream to the readers' keys, straight onto the disk."""
        path = self._part / f"{name}.age"
        with path.open("xb") as sealed:
            pyrage.encrypt_io(content, sealed, self._readers)
            sealed.flush()
            os.fsync(sealed.fileno())
        self._files[name] = {"sha256": _digest(path), "bytes": path.stat().st_size}

    def finish(self, **facts: Any) -> BackupSet:
        """From here on the set counts. A set of the same second that is there already is replaced."""
        listed = {"at": self._at.astimezone(UTC).isoformat(), "files": self._files, **facts}
        with (self._part / _LIST).open("x") as file:
            json.dump(listed, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        if self._place.exists():
            shutil.rmtree(self._place)
        self._part.rename(self._place)
        sync_folder(self._place.parent)
        return BackupSet(self._place, self._at, listed)


def sets_in(folder: Path) -> Iterator[BackupSet]:
    """Every whole set, oldest first; what else lies in the folder is none of ours."""
    for place in sorted(folder.iterdir()) if folder.exists() else ():
        try:
            at = datetime.strptime(place.name, _NAME).replace(tzinfo=UTC)
            yield BackupSet(place, at, json.loads((place / _LIST).read_text()))
        except (ValueError, OSError):
            continue


def forget(folder: Path, before: datetime) -> int:
    """Delete the sets made before this moment; how many there were. Safe to repeat."""
    old = [found for found in sets_in(folder) if found.at < before]
    for found in old:
        shutil.rmtree(found.folder)
    return len(old)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
