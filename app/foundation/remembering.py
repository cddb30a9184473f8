"""What a process remembers of a few rows that every page needs, so that no page asks a store for them."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

LOOK_AGAIN_SECONDS = 5
T = TypeVar("T")


class Remembered(ABC, Generic[T]):
    """At most five seconds old, and at once after an act of this process (`forget`). `clock` gives seconds.

    A store that does not answer breaks no page: what was known, at first `nothing`, stays known until it does.
    """

    def __init__(self, nothing: T, clock: Callable[[], float] = time.monotonic) -> None:
        self._known, self._clock = nothing, clock
        self._good_until = float("-inf")

    def now(self) -> T:
        if (at := self._clock()) >= self._good_until:
            self._good_until = at + LOOK_AGAIN_SECONDS
            with suppress(SQLAlchemyError):
                self._known = self._read()
        return self._known

    def forget(self) -> None:
        self._good_until = float("-inf")

    @abstractmethod
    def _read(self) -> T:
        """What the store says now."""
