"""Threads of one process that want the same lock get it in the order in which they came.

SQLite's write lock goes to whoever happens to ask when it is free. A crowd that keeps asking leaves the holder no
processor, and on a busy machine somebody never asks at the right moment and is told "database is locked".
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One queue. `turn` is entered by one thread at a time, the longest waiting first."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for one's turn, at most so long: who has waited longer goes on without one."""
        had_turn = self._take(seconds)
        try:
            yield
        finally:
            if had_turn:
                self._pass_on()

    def _take(self, seconds: float) -> bool:
        with self._looking:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._looking:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came in that very moment

    def _pass_on(self) -> None:
        with self._looking:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


_QUEUES: dict[str, Turns] = {}
os.register_at_fork(after_in_child=_QUEUES.clear)  # who held a turn when the process was copied is not in the copy


def turns_at(place: str) -> Turns:
    """The queue of this process for what lies there."""
    return _QUEUES.setdefault(place, Turns())
