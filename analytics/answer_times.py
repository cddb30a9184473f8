"""How long this process's answers took, summed until the next second and then put into the journal. Clause 2.9.

A line of the journal for each answer would cost the request and the folder more than the figure is worth. A killed
process loses what it summed within its last second: so many answers of a distribution of times, and nothing else. One
that ends in order loses none. While the journal cannot be written the sums wait.
"""

import os
import threading
from collections import Counter

from analytics.codes import Matter
from analytics.journal import Journal, JournalUnavailable, ServerLine

PAUSE_SECONDS = 1

Place = tuple[int, int, int]
"""Day, kind of page, span of time (performance.py)."""


class AnswerTimes:
    """The sums of one process; `write_down` may be called at any moment, and is each second."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sums: Counter[Place] = Counter()
        self._starting, self._summing = threading.Lock(), threading.Lock()
        self._pid = 0

    def add(self, day: int, page_kind: int, bucket: int) -> None:
        """One more answer. Waits for no disk and never raises."""
        if self._pid != os.getpid():
            self._begin()
        with self._summing:
            self._sums[day, page_kind, bucket] += 1

    def write_down(self) -> None:
        """Put the sums into the journal in one write; where it takes none, they wait."""
        if self._pid != os.getpid():
            return
        with self._summing:
            sums, self._sums = self._sums, Counter()
        try:
            if sums:
                self._journal.append(*(ServerLine(d, Matter.ANSWER, kind, b, n) for (d, kind, b), n in sums.items()))
        except JournalUnavailable:
            with self._summing:
                self._sums.update(sums)

    def _begin(self) -> None:
        """The first answer of this process, which may be a copy of one whose own thread writes its sums."""
        with self._starting:
            if self._pid == os.getpid():
                return
            self._sums, self._summing = Counter(), threading.Lock()
            # said aloud, since a thread takes after the one that begins it, and those of a web server are daemons
            threading.Thread(target=self._keep_writing, name="answer times", daemon=False).start()
            self._pid = os.getpid()

    def _keep_writing(self) -> None:
        """Until the main thread ends, and then once more: the process waits for this thread."""
        while threading.main_thread().is_alive():
            threading.main_thread().join(PAUSE_SECONDS)
            self.write_down()
