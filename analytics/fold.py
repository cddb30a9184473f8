"""Journal to counters, exactly once: position in the file, nonces and counters move in one transaction or not at all.

Any number of folders may run at once, on one node or many, and be killed at any instant. A file is taken away only
after its writer has let go of it and every line is counted.

A ticket counts one view. When it comes a second time with a memory that was not used yet, somebody went back to a page
of the same visit, further than the cookie remembers: that moves the visit along and adds no view. A second time as the
first page of a visit it is dropped whole, or one ticket could make any number of visitors.
"""

import fcntl
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, delete, select, update

from analytics.closing import close_days
from analytics.codes import LeftOut, Mark
from analytics.days import Days
from analytics.journal import SUFFIX, Damaged, HitLine, LeavingLine, LeftOutLine, PromotionLine, ServerLine, read
from analytics.promotion import beside
from analytics.store import (
    Store,
    add_tally,
    checkpoint,
    count_minute,
    forget,
    insert,
    journal_files,
    nonces,
    record_nonces,
)
from analytics.tally import Tally

BATCH_BYTES = 2 << 20
"""So much of a file is counted at once: some ten thousand lines, which take 10 MB while they are counted."""

NONCE_HOURS = 48
KEPT_DAYS = 761
"""25 months, the yardstick for audience figures."""


Told = TypeVar("Told", HitLine, LeavingLine)


class _TakenAway(Exception):
    """Another folder counted this file to its end, and its row with the position is gone too."""


class Batch(NamedTuple):
    """Lines between two positions of one file; `damaged` of them could not be read."""

    hits: list[HitLine]
    left_out: list[LeftOutLine]
    server: list[ServerLine]
    promoted: list[PromotionLine]
    leaving: list[LeavingLine]
    damaged: int
    end: int

    @property
    def lines(self) -> int:
        read = len(self.hits) + len(self.left_out) + len(self.server) + len(self.promoted) + len(self.leaving)
        return read + self.damaged


class Folder:
    """Folds one node's journal folder into the store. `clock` gives seconds since 1970.

    `batch_bytes` of a file are counted at once: more lines then share a cell, and take memory meanwhile.
    """

    def __init__(
        self, folder: Path, store: Store, days: Days, clock: Callable[[], float], *, batch_bytes: int = BATCH_BYTES
    ) -> None:
        self.folder, self.store, self.days, self.clock, self.batch_bytes = folder, store, days, clock, batch_bytes
        self._tidied_hour = 0

    def fold(self) -> int:
        """Count what waits in the journal; how many lines it was. Raises what the store raises: try again later."""
        lines = sum(self._fold_file(path) for path in sorted(self.folder.glob(f"*{SUFFIX}")))
        for done in self.folder.glob("*.done"):
            self._remove(done)
        self._tidy()
        if lines:
            checkpoint(self.store)
        return lines

    def _fold_file(self, path: Path) -> int:
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        try:
            finished = _writer_is_gone(file)
            lines = 0
            while counted := self._fold_batch(path, file, finished):
                lines += counted
            if finished:
                self._take_away(path)
            return lines
        finally:
            os.close(file)

    def _fold_batch(self, path: Path, file: int, finished: bool) -> int:
        """Count the next lines of a file in one transaction; how many there were."""
        if not self._grown(path.name, file):
            return 0
        try:
            with self.store.writing() as connection:
                position = _position(connection, path.name)
                if not path.exists():
                    raise _TakenAway
                data = os.pread(file, self.batch_bytes, position)
                is_full = len(data) == self.batch_bytes
                batch = _batch(data, position, is_all=b"\n" not in data if is_full else finished)
                self._count(connection, batch)
                mine = journal_files.c.name == path.name
                connection.execute(update(journal_files).where(mine).values(position=batch.end))
        except _TakenAway:
            return 0
        return batch.lines

    def _grown(self, name: str, file: int) -> bool:
        with self.store.reading() as connection:
            position = connection.scalar(select(journal_files.c.position).where(journal_files.c.name == name))
        return os.fstat(file).st_size > (position or 0)

    def _count(self, connection: Connection, batch: Batch) -> None:
        tally = Tally()
        seconds = self.clock()
        hour, today = int(seconds) // 3600, self.days.of(seconds)
        unseen, again = _parted(batch.hits, record_nonces(connection, [line.ticket for line in batch.hits], hour))
        moving_on = [line for line in again if line.moved.number > 1]
        unused = record_nonces(connection, [line.memory for line in (*unseen, *moving_on) if line.memory], hour)
        for line in unseen:
            raced = line.memory != 0 and line.memory not in unused
            unused.discard(line.memory)
            _book(tally, line, raced)
        for line in moving_on:
            if line.memory in unused:
                unused.discard(line.memory)
                tally.move_on(line.moved)
        _promote(connection, tally, batch.promoted, hour)
        for told in _parted(batch.leaving, record_nonces(connection, [line.ticket for line in batch.leaving], hour))[0]:
            tally.book_leaving(told)
        for left in batch.left_out:
            tally.leave_out(left.day, LeftOut(left.reason), left.hits)
        for work in batch.server:
            tally.book_server(*work)
        if again:
            tally.leave_out(today, LeftOut.REPLAYED, len(again))
        if batch.damaged:
            tally.leave_out(today, LeftOut.DAMAGED, batch.damaged)
        add_tally(connection, tally)
        count_minute(connection, int(seconds) // 60, len(unseen))

    def _take_away(self, path: Path) -> None:
        """The file is counted to its end and nobody writes to it. From here a crash can only repeat harmless steps."""
        done = path.with_suffix(".done")
        try:
            path.rename(done)
        except FileNotFoundError:
            return
        self._remove(done)

    def _remove(self, done: Path) -> None:
        with self.store.writing() as connection:
            connection.execute(delete(journal_files).where(journal_files.c.name == done.with_suffix(SUFFIX).name))
        done.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Once an hour: close days, forget nonces after 48 hours, figures after 25 months, lost files."""
        hour, today = int(self.clock()) // 3600, self.days.of(self.clock())
        if hour == self._tidied_hour:
            return
        with self.store.writing() as connection:
            connection.execute(delete(nonces).where(nonces.c.hour <= hour - NONCE_HOURS))
            forget(connection, today - KEPT_DAYS)
            close_days(connection, today)
        for path in self.folder.glob("*"):
            if not path.suffix and time.time() - path.stat().st_mtime > 3600:
                path.unlink(missing_ok=True)
        self._tidied_hour = hour


def _writer_is_gone(file: int) -> bool:
    """True once no process will write to this file again; see Journal."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _position(connection: Connection, name: str) -> int:
    """How far this file is counted; locks its row, so that another folder waits here until this one is done."""
    connection.execute(insert(connection, journal_files).values(name=name, position=0).on_conflict_do_nothing())
    query = select(journal_files.c.position).where(journal_files.c.name == name).with_for_update()
    return int(connection.scalar(query) or 0)


def _batch(data: bytes, position: int, is_all: bool) -> Batch:
    """The whole lines of what was read. A last line without its end is torn if no more of it will follow."""
    *whole, rest = data.split(b"\n")
    hits: list[HitLine] = []
    left_out: list[LeftOutLine] = []
    server: list[ServerLine] = []
    promoted: list[PromotionLine] = []
    leaving: list[LeavingLine] = []
    damaged = 0
    if rest and is_all:
        whole.append(rest)
        rest = b""
    for text in whole:
        try:
            line = read(text)
        except Damaged:
            damaged += 1
            continue
        if isinstance(line, HitLine):
            hits.append(line)
        elif isinstance(line, PromotionLine):
            promoted.append(line)
        elif isinstance(line, LeavingLine):
            leaving.append(line)
        elif isinstance(line, ServerLine):
            server.append(line)
        else:
            left_out.append(line)
    return Batch(hits, left_out, server, promoted, leaving, damaged, position + len(data) - len(rest))


def _parted(lines: Sequence[Told], fresh: set[int]) -> tuple[list[Told], list[Told]]:
    """The lines whose ticket was not counted before, each ticket once; and the others."""
    remaining = set(fresh)
    first: list[Told] = []
    again: list[Told] = []
    for line in lines:
        (first if line.ticket in remaining else again).append(line)
        remaining.discard(line.ticket)
    return first, again


def _book(tally: Tally, line: HitLine, raced: bool) -> None:
    tally.book(line.moved, raced=raced)
    tally.name_page(line.moved.page, "" if line.mark == Mark.IN_CART else line.key)
    if line.mark:
        tally.mark(line.moved, Mark(line.mark), line.key)
    if line.band:
        tally.convert(line.moved, line.band)
    if line.shown_after_prefetch:
        tally.leave_out(line.moved.day, LeftOut.PREFETCHED, -1)


def _promote(connection: Connection, tally: Tally, lines: Sequence[PromotionLine], hour: int) -> None:
    """Count what pages moved about promotions, each ticket once, by nonces of their own."""
    fresh = record_nonces(connection, [beside(line.ticket) for line in lines], hour)
    unused = record_nonces(connection, [beside(line.memory) for line in lines if beside(line.ticket) in fresh], hour)
    for line in lines:
        if beside(line.ticket) in fresh:
            fresh.discard(beside(line.ticket))
            tally.promote(line.moves, line.audience, raced=beside(line.memory) not in unused)
            unused.discard(beside(line.memory))
