"""The ledger (S6): append-only evidence, chained by hash. Clause 5.1.1f.

People stand in it only as their audit reference.
Acts write entries in their own transaction; the worker chains them each second, because one chain written by the acts
themselves would make them wait for each other.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, Select, String, delete, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, Model, UtcDateTime, db, transaction
from app.foundation.jobs import every

GENESIS = "0" * 64
CHAIN_AT_ONCE = 1000
_to_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


class LedgerEntry(IdMixin, Model):
    """One fact of evidence. Facts hold codes, amounts, versions and references, never a personal value."""

    __tablename__ = "ledger_entries"
    __personal__ = False
    __table_args__ = (Index("ix_ledger_entries_event_at", "event", "at"), Index(None, "at"))

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(60))
    actor: Mapped[int | None] = mapped_column(Id)
    subject: Mapped[int | None] = mapped_column(Id, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class LedgerLink(Model):
    """An entry's place in the chain: the hash covers the entry and the hash before it."""

    __tablename__ = "ledger_links"
    __personal__ = False

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(Id, ForeignKey("ledger_entries.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


class LedgerWaiting(Model):
    """An entry that the chain has no link for yet: by it the worker finds new ones without a look at all others."""

    __tablename__ = "ledger_waiting"
    __personal__ = False

    entry_id: Mapped[int] = mapped_column(Id, ForeignKey("ledger_entries.id"), primary_key=True, autoincrement=False)


class LedgerCut(Model):
    """Entries whose time was over, cut off the chain's beginning up to the link of this number. `chain_cuts`."""

    __tablename__ = "ledger_cuts"
    __personal__ = False

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    """That of the last link cut off: the next one's hash covers it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entries: Mapped[int] = mapped_column(Integer)
    carried: Mapped[int] = mapped_column(Integer)
    """How many of them were needed for longer, and written down anew."""


@dataclass(frozen=True)
class Place:
    """A link of the chain by its number and hash; number 0 stands before the first."""

    number: int = 0
    hash: str = GENESIS


class LedgerIsAppendOnly(RuntimeError):
    """Something tried to change or delete evidence."""


def _refuse_change(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    raise LedgerIsAppendOnly(f"{row!r} is evidence and cannot be changed")


for _model in (LedgerEntry, LedgerLink, LedgerCut):
    event.listen(_model, "before_update", _refuse_change)
    event.listen(_model, "before_delete", _refuse_change)


def record(what: str, *, actor: int | None = None, subject: int | None = None, **facts: Any) -> LedgerEntry:
    """Write a ledger entry in the caller's transaction. `actor` and `subject` are audit references."""
    entry = LedgerEntry(at=now(), event=what, actor=actor, subject=subject, facts=facts)
    append(db.session(), entry, LedgerWaiting(entry_id=entry.id))
    return entry


@every(seconds=1, name="audit.chain")
def chain_new_entries() -> int:
    """Link entries that are not in the chain yet, oldest first; returns how many. Safe to run twice at once."""
    if db.session.scalars(select(LedgerWaiting.entry_id).limit(1)).first() is None:
        return 0
    with transaction() as session:
        last = chain_end(session)
        number, previous = last.number, last.hash
        waiting = select(LedgerEntry).join(LedgerWaiting, LedgerWaiting.entry_id == LedgerEntry.id)
        entries = session.scalars(waiting.order_by(LedgerEntry.at, LedgerEntry.id).limit(CHAIN_AT_ONCE)).all()
        links = []
        for entry in entries:
            number, previous = number + 1, hash_of(previous, entry)
            links.append(LedgerLink(number=number, entry_id=entry.id, hash=previous))
        append(session, *links)
        session.execute(delete(LedgerWaiting).where(LedgerWaiting.entry_id.in_([entry.id for entry in entries])))
        return len(entries)


def entries_never_linked() -> Select[int]:
    """Entries that stand neither in the chain nor among those that wait for it: somebody took them out."""
    loose = select(func.count()).select_from(LedgerEntry).outerjoin(LedgerLink, LedgerLink.entry_id == LedgerEntry.id)
    loose = loose.outerjoin(LedgerWaiting, LedgerWaiting.entry_id == LedgerEntry.id)
    return loose.where(LedgerLink.number.is_(None), LedgerWaiting.entry_id.is_(None))


def chain_beginning(session: Session) -> Place:
    """After which link the chain begins: after the last one that was cut off, if any was."""
    cut = session.scalars(select(LedgerCut).order_by(LedgerCut.number.desc()).limit(1)).first()
    return Place(cut.number, cut.hash) if cut else Place()


def chain_end(session: Session) -> Place:
    """The head of the chain; number 0 before the first entry."""
    link = session.scalars(select(LedgerLink).order_by(LedgerLink.number.desc()).limit(1)).first()
    return Place(link.number, link.hash) if link else chain_beginning(session)


def hash_of(previous: str, entry: Any) -> str:
    """The hash of an entry's link: over the hash before it and all that the entry says."""
    facts = _to_json(entry.facts)
    parts = (previous, entry.id, entry.at.isoformat(), entry.event, entry.actor, entry.subject, facts)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
