"""Cutting off the beginning of the ledger's chain once its entries' time is over. Clauses 5.1.3b, 5.1.1f.

The chain goes on from the hash of the last entry cut off. Whoever can write to the database could cut it too, so a cut
counts only with a signed line in the file of heads (`chain_heads`), written first; and it goes no farther than the last
sound walk went, which held every entry against the heads outside. Stopped between line and rows, the next run cuts.

What a slice still needs stands among the rest and is written down anew, as it was, with its number and the hash that
covered it (docs/decisions/0015): so one entry does not keep thousands.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Row, Select, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.foundation.appending import append
from app.foundation.audit import (
    LedgerCut,
    LedgerEntry,
    LedgerLink,
    Place,
    chain_beginning,
    hash_of,
    record,
)
from app.foundation.chain_check import CHECKED_EVERY, LedgerDamaged, last_check
from app.foundation.chain_heads import heads_file, last_head, note_cut

CARRIED = "ledger.carried"
AT_ONCE = 2000


@dataclass(frozen=True, eq=False)
class Evidence:
    """What an entry says, whether it stands where it was written or was carried on since."""

    event: str
    subject: int | None
    facts: dict[str, Any]


Needing = Callable[[Session, Sequence[Evidence], datetime], Iterable[Evidence]]
"""Those of these entries that are needed beyond their time."""
_NEEDING: list[Needing] = []


def needs_evidence(needing: Needing) -> Needing:
    """Declare which entries a slice needs for longer than entries are kept, for as long as it does."""
    _NEEDING.append(needing)
    return needing


def needs_evidence_of(fact: str, number: InstrumentedAttribute[str]) -> None:
    """Declare that what became of something is needed for as long as its row is kept; entries name it in this fact."""

    def about(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
        told = [each for each in entries if isinstance(each.facts.get(fact), str)]
        kept = set(session.scalars(select(number).where(number.in_({each.facts[fact] for each in told}))))
        yield from (each for each in told if each.facts[fact] in kept)

    _NEEDING.append(about)


def cut_before(session: Session, moment: datetime, at: datetime) -> int:
    """Cut off what was written before a moment, some thousand entries at once, in the caller's transaction.

    It stops before the first entry that is younger. Returns how many went: 0 where another process was faster, and
    where no sound walk of these days went as far. Raises LedgerDamaged where an entry is not the one that the chain
    knows: it is kept for whoever looks into that.
    """
    beginning = chain_beginning(session)
    if session.scalar(_first_link(beginning).with_for_update()) is None:
        return 0
    old = [*takewhile(lambda row: row.at is not None and row.at < moment, session.execute(_links_after(beginning)))]
    if not old or not _is_proven(session, old[-1].number, at):
        return 0
    _check_fit(beginning, old)
    last = Place(old[-1].number, old[-1].hash)
    carried = _carry_on(session, beginning, old, at)
    note_cut(heads_file(), last.number, last.hash, at)
    session.execute(delete(LedgerLink).where(LedgerLink.number <= last.number))
    session.execute(delete(LedgerEntry).where(LedgerEntry.id.in_([row.id for row in old])))
    append(session, LedgerCut(number=last.number, hash=last.hash, at=at, entries=len(old), carried=carried))
    record("ledger.cut", number=last.number, hash=last.hash, entries=len(old), carried=carried)
    return len(old)


def cuts_before(moment: datetime) -> Select[int]:
    """Cuts made before a moment; the last one is where the chain begins and is not among them."""
    last = select(func.max(LedgerCut.number)).scalar_subquery()
    return select(LedgerCut.number).where(LedgerCut.at < moment, LedgerCut.number < last)


def _first_link(beginning: Place) -> Select[int]:
    return select(LedgerLink.number).where(LedgerLink.number == beginning.number + 1)


def _links_after(beginning: Place) -> Select[Any]:
    entry = LedgerEntry
    columns = (LedgerLink.number, LedgerLink.hash, entry.id, entry.at, entry.event, entry.actor, entry.subject)
    links = select(*columns, entry.facts).outerjoin(entry, entry.id == LedgerLink.entry_id)
    return links.where(LedgerLink.number > beginning.number).order_by(LedgerLink.number).limit(AT_ONCE)


def _check_fit(beginning: Place, rows: Sequence[Row[Any]]) -> None:
    previous = beginning.hash
    for number, row in enumerate(rows, beginning.number + 1):
        if row.number != number or row.hash != hash_of(previous, row):
            raise LedgerDamaged
        previous = row.hash


def _is_proven(session: Session, number: int, at: datetime) -> bool:
    """Whether the last walk was sound and is not old, and both it and the heads outside go as far."""
    walk, head = last_check(session), last_head(heads_file())
    if walk is None or head is None or not walk.is_sound or at - walk.at > 2 * CHECKED_EVERY:
        return False
    return number <= min(walk.cut + walk.links, head.number)


def _carry_on(session: Session, beginning: Place, rows: Sequence[Row[Any]], at: datetime) -> int:
    """Write down anew what is needed for longer; what was carried before keeps its first number and hash."""
    said = {_evidence_in(row): (row, previous) for row, previous in _with_previous(beginning, rows)}
    needed = {each for needing in _NEEDING for each in needing(session, list(said), at)}
    for row, previous in (place for each, place in said.items() if each in needed):
        record(CARRIED, subject=row.subject, **(row.facts if row.event == CARRIED else _carried(row, previous)))
    return len(needed)


def _with_previous(beginning: Place, rows: Sequence[Row[Any]]) -> Iterable[tuple[Row[Any], str]]:
    previous = beginning.hash
    for row in rows:
        yield row, previous
        previous = row.hash


def _carried(row: Row[Any], previous: str) -> dict[str, Any]:
    """The whole entry; with the hash before it whoever looks works out the hash that covered it."""
    return {
        "number": row.number, "previous": previous, "hash": row.hash, "entry": row.id, "written": row.at.isoformat(),
        "event": row.event, "by": row.actor, "said": row.facts,
    }  # fmt: skip


def _evidence_in(row: Row[Any]) -> Evidence:
    carried = row.event == CARRIED
    event, facts = (row.facts["event"], row.facts["said"]) if carried else (row.event, row.facts)
    return Evidence(event, row.subject, facts)
