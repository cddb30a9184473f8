"""Walking the ledger's chain: every change, deletion, swap and cut shows. Daily, with an alarm. Clause 5.1.1f.

The walk goes in portions and holds neither the chain in memory nor a lock or a long reading in the store.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, Integer, Row, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.alarms import clear, sound
from app.foundation.audit import (
    LedgerCut,
    LedgerEntry,
    LedgerLink,
    Place,
    chain_beginning,
    entries_never_linked,
    hash_of,
)
from app.foundation.chain_heads import Head, HeadsAltered, heads_file, heads_in
from app.foundation.clock import now
from app.foundation.database import IdMixin, Model, UtcDateTime, db, transaction
from app.foundation.jobs import every

ALARM = "ledger"
CHECKED_EVERY = timedelta(days=1)
PORTION = 2000


def _all_is_well(found: "Verification | LedgerCheck") -> bool:
    whole = found.broken_at is None and not found.lost and not found.loose
    return whole and found.strange_head is None and found.strange_cut is None and found.heads_problem is None


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found.

    The walk begins after link `cut`, the last one that was cut off. `broken_at` is the number of the first link that
    does not fit; `strange_head` that of the first head kept outside which is not what the chain has there;
    `strange_cut` that of the first cut which nothing signed outside knows; `lost` how many links the highest head knows
    beyond the last one; `uncut` how many are here although the file says that they were cut off, as after a restore;
    `loose` how many entries stand outside the chain; `heads_problem` says what is wrong with the file of heads itself.
    """

    links: int
    cut: int
    head: str
    broken_at: int | None
    strange_head: int | None
    strange_cut: int | None
    lost: int
    uncut: int
    loose: int
    heads: int
    heads_problem: str | None
    seconds: float

    is_sound = property(_all_is_well)


class LedgerCheck(IdMixin, Model):
    """One walk along the whole chain, and what it found."""

    __tablename__ = "ledger_checks"
    __personal__ = False

    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    links: Mapped[int] = mapped_column(Integer)
    cut: Mapped[int] = mapped_column(Integer)
    head: Mapped[str] = mapped_column(String(64))
    broken_at: Mapped[int | None] = mapped_column(Integer)
    strange_head: Mapped[int | None] = mapped_column(Integer)
    strange_cut: Mapped[int | None] = mapped_column(Integer)
    lost: Mapped[int] = mapped_column(Integer)
    uncut: Mapped[int] = mapped_column(Integer)
    loose: Mapped[int] = mapped_column(Integer)
    heads: Mapped[int] = mapped_column(Integer)
    heads_problem: Mapped[str | None] = mapped_column(String(100))
    seconds: Mapped[float] = mapped_column(Float)

    is_sound = property(_all_is_well)


class LedgerDamaged(RuntimeError):
    """The ledger of evidence is not what it was: the alarm stands, and the duty's failure is told as well."""


def verify_chain(session: Session, heads: Iterable[Head] = ()) -> Verification:
    """Walk the whole chain beside the heads kept outside (the lowest first)."""
    begun, beginning = time.perf_counter(), chain_beginning(session)
    outside = _Outside(heads, beginning)
    previous, number, broken = beginning.hash, beginning.number, None
    for row in _rows(session):
        number += 1
        if broken is None and (row.id is None or row.number != number or row.hash != hash_of(previous, row)):
            broken = number
        previous = row.hash
        outside.compare(row.number, row.hash)
    outside.finish()
    return Verification(
        links=number - beginning.number, cut=beginning.number, head=previous, broken_at=broken,
        strange_head=outside.strange, strange_cut=_unproven_cut(session, outside.cuts),
        lost=max(0, outside.highest - number), uncut=outside.cut_up_to - min(outside.cut_up_to, beginning.number),
        loose=session.scalar(entries_never_linked()) or 0, heads=outside.seen, heads_problem=outside.problem,
        seconds=time.perf_counter() - begun,
    )  # fmt: skip


def _unproven_cut(session: Session, known: set[Place]) -> int | None:
    """The first cut that nothing in the file of heads bears out."""
    cuts = session.execute(select(LedgerCut.number, LedgerCut.hash).order_by(LedgerCut.number))
    return next((number for number, digest in cuts if Place(number, digest) not in known), None)


class _Outside:
    """The heads kept outside, walked beside the chain from its beginning on, and the cuts noted among them."""

    def __init__(self, heads: Iterable[Head], beginning: Place) -> None:
        self._heads = iter(heads)
        self._next: Head | None = None
        self._beginning = beginning
        self.seen, self.highest, self.cut_up_to = 0, 0, 0
        self.cuts: set[Place] = set()
        self.strange: int | None = None
        self.problem: str | None = None
        self._step()
        self.compare(beginning.number, beginning.hash)

    def compare(self, number: int, digest: str) -> None:
        while self._next is not None and self._next.number <= number:
            before = self._next.number < self._beginning.number  # what it knew is cut off
            if self.strange is None and not before and (self._next.number < number or self._next.hash != digest):
                self.strange = self._next.number
            self._step()

    def finish(self) -> None:
        """What the chain has no link for any more still says how long it was."""
        while self._next is not None:
            self._step()

    def _step(self) -> None:
        try:
            self._next = next(self._heads, None)
            while self._next is not None and self._next.is_cut:
                self._note_cut(self._next)
                self._next = next(self._heads, None)
        except HeadsAltered as problem:
            self._next, self.problem = None, str(problem)[:100]
        if self._next is not None:
            self.seen, self.highest = self.seen + 1, self._next.number

    def _note_cut(self, cut: Head) -> None:
        self.seen += 1
        self.cuts.add(Place(cut.number, cut.hash))
        self.cut_up_to = max(self.cut_up_to, cut.number)


def check_ledger(at: datetime) -> Verification:
    """Walk now, write down what was found, and let the alarm stand or fall with it."""
    found, before = _walk_undisturbed(db.session()), _last_sound_check(db.session())
    if before is not None and found.heads < before.heads and found.heads_problem is None:
        found = replace(found, heads_problem=f"{before.heads - found.heads} heads fewer than at the last walk")
    with transaction() as session:
        session.add(LedgerCheck(at=at, **vars(found)))
        if found.is_sound:
            clear(session, ALARM)
        else:
            wrong = {
                "broken_at": found.broken_at,
                "strange_head": found.strange_head,
                "strange_cut": found.strange_cut,
                "lost": found.lost,
                "loose": found.loose,
            }
            sound(session, ALARM, at, **wrong, heads=found.heads_problem)
    return found


def _walk_undisturbed(session: Session) -> Verification:
    """Where entries were cut off meanwhile, the walk went over what was no longer there, and is made again."""
    while True:
        found = verify_chain(session, heads_in(heads_file()))
        if chain_beginning(session).number == found.cut:
            return found


def last_check(session: Session) -> LedgerCheck | None:
    """The newest walk; None before the first."""
    return session.scalars(select(LedgerCheck).order_by(LedgerCheck.at.desc()).limit(1)).first()


def _last_sound_check(session: Session) -> LedgerCheck | None:
    nothing_found = (
        LedgerCheck.broken_at,
        LedgerCheck.strange_head,
        LedgerCheck.strange_cut,
        LedgerCheck.heads_problem,
    )
    sound_ones = select(LedgerCheck).where(LedgerCheck.lost == 0, LedgerCheck.loose == 0)
    sound_ones = sound_ones.where(*(column.is_(None) for column in nothing_found))
    return session.scalars(sound_ones.order_by(LedgerCheck.at.desc()).limit(1)).first()


@every(seconds=60, name="audit.verify", apart=True)
def check_daily() -> bool:
    """Walk once a day; says whether it was time. Raises LedgerDamaged."""
    at, last = now(), last_check(db.session())
    if last is not None and at - last.at < CHECKED_EVERY:
        return False
    if not check_ledger(at).is_sound:
        raise LedgerDamaged
    return True


def _rows(session: Session) -> Iterator[Row[Any]]:
    """Every link with its entry, if that is still there, in the order of the numbers."""
    entry = LedgerEntry
    columns = (LedgerLink.number, LedgerLink.hash, entry.id, entry.at, entry.event, entry.actor, entry.subject)
    query = select(*columns, entry.facts).outerjoin(entry, entry.id == LedgerLink.entry_id)
    query = query.order_by(LedgerLink.number).limit(PORTION)
    portion = session.execute(query).all()
    while portion:
        yield from portion
        portion = session.execute(query.where(LedgerLink.number > portion[-1].number)).all()
