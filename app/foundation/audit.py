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

from sqlalchemy import JSON, ForeignKey, Integer, Select, String, event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, Model, UtcDateTime, db, transaction
from app.foundation.jobs import every

GENESIS = "0" * 64
CHAIN_AT_ONCE = 1000


class LedgerEntry(IdMixin, Model):
    """One fact of evidence. Facts hold codes, amounts, versions and references, never a personal value."""

    __tablename__ = "ledger_entries"
    __personal__ = False

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(60), index=True)
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


class LedgerIsAppendOnly(RuntimeError):
    """Something tried to change or delete evidence."""


def _refuse_change(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    raise LedgerIsAppendOnly(f"{row!r} is evidence and cannot be changed")


for _model in (LedgerEntry, LedgerLink):
    event.listen(_model, "before_update", _refuse_change)
    event.listen(_model, "before_delete", _refuse_change)


def record(what: str, *, actor: int | None = None, subject: int | None = None, **facts: Any) -> LedgerEntry:
    """Write a ledger entry in the caller's transaction. `actor` and `subject` are audit references."""
    entry = LedgerEntry(at=now(), event=what, actor=actor, subject=subject, facts=facts)
    append(db.session(), entry)
    return entry


@every(seconds=1, name="audit.chain")
def chain_new_entries() -> int:
    """Link entries that are not in the chain yet, oldest first; returns how many. Safe to run twice at once."""
    if not _has_unlinked():
        return 0
    with transaction() as session:
        last = _last_link(session)
        number, previous = (last.number, last.hash) if last else (0, GENESIS)
        entries = session.scalars(_unlinked().order_by(LedgerEntry.at, LedgerEntry.id).limit(CHAIN_AT_ONCE)).all()
        links = []
        for entry in entries:
            number, previous = number + 1, _hash(previous, entry)
            links.append(LedgerLink(number=number, entry_id=entry.id, hash=previous))
        append(session, *links)
        return len(entries)


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found. `broken_at` is the number of the first link that does not fit."""

    links: int
    head: str
    broken_at: int | None
    lost_entries: int

    @property
    def is_sound(self) -> bool:
        return self.broken_at is None and not self.lost_entries


def verify_chain(expected_head: str | None = None, expected_links: int = 0) -> Verification:
    """Walk the whole chain; a head kept outside the database also shows a chain that was cut short."""
    query = select(LedgerLink, LedgerEntry).outerjoin(LedgerEntry, LedgerEntry.id == LedgerLink.entry_id)
    previous, links, broken = GENESIS, 0, None
    seen_expected = expected_head is None or expected_links == 0
    for link, entry in db.session.execute(query.order_by(LedgerLink.number)).yield_per(1000):
        links += 1
        if broken is None and (entry is None or link.number != links or link.hash != _hash(previous, entry)):
            broken = links
        previous = link.hash
        seen_expected = seen_expected or (links == expected_links and link.hash == expected_head)
    return Verification(links, previous, broken, 0 if seen_expected else max(expected_links - links, 1))


def _unlinked() -> Select[LedgerEntry]:
    joined = select(LedgerEntry).outerjoin(LedgerLink, LedgerLink.entry_id == LedgerEntry.id)
    return joined.where(LedgerLink.number.is_(None))


def _has_unlinked() -> bool:
    """Asked first, so that an idle second takes no write lock."""
    return db.session.scalars(_unlinked().limit(1)).first() is not None


def _last_link(session: Session) -> LedgerLink | None:
    return session.scalars(select(LedgerLink).order_by(LedgerLink.number.desc()).limit(1)).first()


def _hash(previous: str, entry: LedgerEntry) -> str:
    facts = json.dumps(entry.facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    parts = (previous, entry.id, entry.at.isoformat(), entry.event, entry.actor, entry.subject, facts)
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()
