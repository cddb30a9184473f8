"""Rendered pieces of pages kept in memory: what every visitor sees alike, by what it was made from.

A key holds everything the piece shows (catalogue standing, language, canonical query, stock), so nothing is ever thrown
away by hand: a changed catalogue makes new keys and the old pieces fall out at the far end. Nothing personal goes in.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from sys import getsizeof

from flask import current_app
from markupsafe import Markup

MOST_BYTES = 10_000_000
LARGEST_PIECE = 800_000


class Fragments:
    """A bounded store of markup, by the memory it takes; the least recently asked for goes first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held = 0
        self._pieces: OrderedDict[Hashable, Markup] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> Markup:
        """The piece for `key`, made now if it is not at hand."""
        with self._lock:
            piece = self._pieces.get(key)
            if piece is not None:
                self._pieces.move_to_end(key)
                return piece
        piece = Markup(make())  # noqa: S704 # nosec B704 - a template's result
        self._keep(key, piece)
        return piece

    def _keep(self, key: Hashable, piece: Markup) -> None:
        if getsizeof(piece) > LARGEST_PIECE:
            return
        with self._lock:
            replaced = self._pieces.pop(key, None)
            self._pieces[key] = piece
            self._held += getsizeof(piece) - (getsizeof(replaced) if replaced is not None else 0)
            while self._held > self._most:
                self._held -= getsizeof(self._pieces.popitem(last=False)[1])


def fragment(key: Hashable, make: Callable[[], str]) -> Markup:
    """A piece from the store of this process."""
    store: Fragments = current_app.extensions["fragments"]
    return store.get(key, make)
