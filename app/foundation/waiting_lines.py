"""Log lines that wait in memory for a thread to write them, so that no request waits for a disk.

The thread writes what has come together twice a second, each day's lines at once. A process that is killed loses the
lines of its last second, one that ends in order none. While the disk is full lines wait, up to MOST_WAITING; what finds
no place then is counted, told once there is room again, and lost.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from typing import Generic, TypeVar

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.5
MOST_WAITING = 20_000
Line = TypeVar("Line")


class WaitingLines(Generic[Line]):
    """The lines of one process for one log. `put` writes a day's lines down, all or none, and raises OSError."""

    def __init__(self, name: str, put: Callable[[date, Sequence[Line]], None]) -> None:
        self.name, self.put = name, put
        self.left_out = 0
        self._waiting: deque[tuple[date, Line]] = deque(maxlen=MOST_WAITING)
        self._starting, self._writing, self._awake = threading.Lock(), threading.Lock(), threading.Event()
        self._pid = 0
        self._is_failing = False

    def add(self, day: date, line: Line) -> None:
        """Take a line; it is on its way to the disk within a second. Never waits, never raises."""
        if self._pid != os.getpid():
            self._begin()
        if len(self._waiting) == MOST_WAITING:
            self.left_out += 1
        self._waiting.append((day, line))
        if not self._awake.is_set():
            self._awake.set()

    def flush(self) -> None:
        """Write down what waits. Raises OSError and keeps what could not be written."""
        with self._writing:
            waiting, done = [self._waiting.popleft() for _ in range(len(self._waiting))], 0
            try:
                for day, some in groupby(waiting, key=lambda entry: entry[0]):
                    lines = [line for _, line in some]
                    self.put(day, lines)
                    done += len(lines)
            finally:
                self._waiting.extendleft(reversed(waiting[done:]))

    def _begin(self) -> None:
        """The first line of this process, which may be a copy of one that had a thread."""
        with self._starting:
            if self._pid == os.getpid():
                return
            self._waiting, self._writing = deque(maxlen=MOST_WAITING), threading.Lock()
            self._awake = threading.Event()
            # said aloud, since a thread takes after the one that begins it, and those of a web server are daemons
            threading.Thread(target=self._keep_writing, name=self.name, daemon=False).start()
            self._pid = os.getpid()

    def _keep_writing(self) -> None:
        """Until the main thread ends, and then once more: the process waits for this thread."""
        while threading.main_thread().is_alive():
            if self._awake.wait(PAUSE_SECONDS):
                self._awake.clear()
                self._flush_if_possible()
                threading.main_thread().join(PAUSE_SECONDS)
        self._flush_if_possible()

    def _flush_if_possible(self) -> None:
        try:
            self.flush()
        except OSError as problem:
            self._awake.set()
            if not self._is_failing:
                log.error("the %s cannot be written, its lines wait: %s", self.name, problem.strerror)
            self._is_failing = True
            return
        self._is_failing = False
        if self.left_out:
            lost, self.left_out = self.left_out, 0
            log.error("the %s had no place for %d lines", self.name, lost)
