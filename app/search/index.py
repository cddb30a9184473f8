"""Reading `search.db`: one connection per thread, opened anew when the file was replaced."""

import json
import os
import sqlite3
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.search.correcting import forms_of, nearest
from app.search.cutting import plain
from app.search.understanding import Aliases
from app.search.words import aliases_of

NO_VERSION = -1


class Suggestion(NamedTuple):
    """A product found while typing."""

    slug: str
    name_zh: str
    name_en: str


class OpenIndex:
    """One opened file. `products` holds the product of each row, in the order of the rows."""

    def __init__(self, file: Path, identity: tuple[int, int]) -> None:
        self.identity = identity
        self._connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self.version: int = self._connection.execute("SELECT version FROM meta").fetchone()[0]
        self.products = array(
            "q", (row[0] for row in self._connection.execute("SELECT product_id FROM entries ORDER BY place"))
        )
        self.aliases: Aliases = aliases_of(
            iter(self._connection.execute("SELECT alias, facet, code FROM aliases").fetchall())
        )

    def products_with(self, phrases: Sequence[Sequence[str]]) -> list[int]:
        """Products whose text holds every phrase; the last letters of a phrase may be the beginning of a word."""
        rows = self._connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match_of(phrases),))
        products = self.products
        return [products[place - 1] for (place,) in rows]

    def suggestions(self, phrases: Sequence[Sequence[str]], limit: int) -> list[Suggestion]:
        """The products with the shortest names among those that match."""
        rows = self._connection.execute(
            "SELECT slug, name_zh, name_en FROM entries WHERE place IN "
            "(SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid LIMIT ?) ORDER BY place",
            (match_of(phrases), limit),
        )
        return [Suggestion(*row) for row in rows]

    def knows(self, word: str) -> bool:
        return self._connection.execute("SELECT 1 FROM vocabulary WHERE word = ?", (word,)).fetchone() is not None

    def correction(self, word: str) -> str | None:
        """The word that was probably meant, None for a known one or one that is like nothing here."""
        if self.knows(word):
            return None
        candidates = self._connection.execute(
            "SELECT DISTINCT word, uses FROM forms JOIN vocabulary USING (word) "
            "WHERE form IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(forms_of(plain(word)))),),
        )
        return nearest(word, candidates.fetchall())

    def close(self) -> None:
        self._connection.close()


def match_of(phrases: Sequence[Sequence[str]]) -> str:
    """A query of the full-text language. Tokens are letters, digits or `+` and stand in quotes: never an operator."""
    return " AND ".join(_phrase(phrase) for phrase in phrases)


def _phrase(phrase: Sequence[str]) -> str:
    quoted = '"' + " ".join(token.replace('"', "") for token in phrase) + '"'
    last = phrase[-1]
    return f"{quoted} *" if last.isascii() and last.isalpha() else quoted


class IndexFile:
    """The file of this installation, as this process sees it. One per application."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()

    def opened(self) -> OpenIndex | None:
        """The index as it is on disk now; None where none was built yet."""
        try:
            found = os.stat(self.file)
        except FileNotFoundError:
            return None
        identity = (found.st_ino, found.st_mtime_ns)
        index: OpenIndex | None = getattr(self._local, "index", None)
        if index is None or index.identity != identity:
            if index is not None:
                index.close()
            index = self._local.index = OpenIndex(self.file, identity)
        return index

    @property
    def version(self) -> int:
        index = self.opened()
        return index.version if index else NO_VERSION
