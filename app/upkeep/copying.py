"""A consistent copy of a store or folder as a stream of bytes, and back. Nothing of it lies on a disk on the way.

SQLite gives one snapshot, read inside one transaction; PostgreSQL's own `pg_dump` gives another.
"""

import io
import os
import sqlite3
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL, make_url

_BUSY_SECONDS = 60


class CopyFailed(RuntimeError):
    """A store could not be copied or filled; the message says which program said what."""


@contextmanager
def copy_of_store(url: str) -> Iterator[IO[bytes]]:
    """The store as it stands at one moment. Raises CopyFailed, at the end too where a program failed on the way."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        yield io.BytesIO(_snapshot(Path(address.database or "")))
        return
    argv = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
    with subprocess.Popen(  # noqa: S603 - a fixed list of arguments
        argv, env=_surroundings(address), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as dump:
        assert dump.stdout and dump.stderr  # noqa: S101 - pipes were asked for
        yield dump.stdout
        said = dump.stderr.read().decode(errors="replace").strip()
    if dump.returncode:
        raise CopyFailed(f"pg_dump: {said}")


def fill_store(url: str, content: IO[bytes]) -> None:
    """Make an empty store what a copy says. Raises CopyFailed, and FileExistsError for an SQLite file that is there."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with Path(address.database or "").open("xb") as file:
            while portion := content.read(1 << 20):
                file.write(portion)
            os.fsync(file.fileno())
        return
    argv = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction", "--dbname="]
    restored = subprocess.run(  # noqa: S603 - a fixed list of arguments
        argv, env=_surroundings(address), input=content.read(), stderr=subprocess.PIPE, check=False
    )
    if restored.returncode:
        raise CopyFailed(f"pg_restore: {restored.stderr.decode(errors='replace').strip()}")


@contextmanager
def copy_of_folder(folder: Path) -> Iterator[IO[bytes]]:
    """All files of a folder as a tar archive, written by a thread into a pipe. Raises CopyFailed at the end."""
    reading, writing = os.pipe()
    problems: list[BaseException] = []

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as archive:
                for path in sorted(folder.rglob("*")) if folder.exists() else ():
                    _add(archive, path, str(path.relative_to(folder)))
        except OSError as problem:
            problems.append(problem)

    writer = threading.Thread(target=write, name="copy-of-folder")
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        yield pipe
    writer.join()
    if problems:
        raise CopyFailed(f"the files of {folder.name}: {problems[0]}")


def fill_folder(folder: Path, content: IO[bytes]) -> None:
    """Put the files of an archive into a folder; what is there already stays. Refuses whatever leads out of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(fileobj=content, mode="r|") as archive:
        archive.extractall(folder, filter="data")


def _snapshot(path: Path) -> bytes:
    if not path.exists():
        raise CopyFailed(f"there is no store {path.name}")
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on the snapshot stands
        return connection.serialize()


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """A file that was swept while we walked is passed by: its row is gone as well."""
    try:
        archive.add(path, name, recursive=False)
    except FileNotFoundError:
        return


def _surroundings(address: URL) -> Mapping[str, str]:
    """How PostgreSQL's programs are told where to go; a password on a command line can be read by others."""
    told = {
        "PGHOST": address.host or str(address.query.get("host", "")),
        "PGPORT": str(address.port or address.query.get("port", "") or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": address.password or "",
        "PGDATABASE": address.database or "",
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}
