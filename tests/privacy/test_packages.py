"""Packages are encrypted while they are made: streamed, whole or not there, opened with the recipient's key."""

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import decrypt
from pyrage.x25519 import Identity

from app.foundation.clock import now
from app.privacy.packages import write_encrypted, zipped

KEY = Identity.generate()
PIECE = 256 * 1024


def some_random(pieces: int) -> Iterator[bytes]:
    return (os.urandom(PIECE) for _ in range(pieces))


def write(path: Path, pieces: int) -> None:
    write_encrypted(path, str(KEY.to_public()), zipped([("noise", some_random(pieces))], now(), zipfile.ZIP_STORED))


def peak_of(path: Path, pieces: int) -> int:
    """Bytes that Python held at most while the package was made."""
    tracemalloc.start()
    try:
        write(path, pieces)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.clause("4.2")
@pytest.mark.clause("4.3.2b")
def test_memory_does_not_grow_with_what_is_in_it(tmp_path: Path):
    small, large = peak_of(tmp_path / "small.age", 4), peak_of(tmp_path / "large.age", 160)
    assert (tmp_path / "large.age").stat().st_size > 160 * PIECE
    assert large < small + 4 * PIECE


def test_it_opens_with_the_key_and_holds_every_piece_in_order(tmp_path: Path):
    entries = [("a", [b"1", b"", b"2"]), ("b", []), ("c/d", iter([b"3"]))]
    write_encrypted(tmp_path / "p.age", str(KEY.to_public()), zipped(entries, now()))
    with zipfile.ZipFile(io.BytesIO(decrypt((tmp_path / "p.age").read_bytes(), [KEY]))) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == [("a", b"12"), ("b", b""), ("c/d", b"3")]
        assert archive.testzip() is None


def test_what_fails_in_the_middle_is_told_as_it_is_and_leaves_no_file(tmp_path: Path):
    def failing() -> Iterator[bytes]:
        yield os.urandom(PIECE)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        write_encrypted(tmp_path / "p.age", str(KEY.to_public()), zipped([("a", failing())], now()))
    assert not (tmp_path / "p.age").exists()
