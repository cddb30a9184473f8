"""The very last of an ended service: its wrapping keys, and the certificate that says what is left. Clause 5.2.3.

Data keys go with each person. The wrapping keys open their backups for as long as those are kept, so they go once no
data key is left; what accounting law or an authority has us hold keeps its key, and them with it, until its own time.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.ending import people_told
from app.foundation.audit import LedgerEntry, record
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.encryption import keyring, replace_keyring
from app.privacy.closures import ERASED, Closure
from app.privacy.erasing_rest import keys_left
from app.privacy.service_end import announced

DESTROYED = "service_end.wrapping_keys_destroyed"


class KeysStillNeeded(RuntimeError):
    """The service has not ended, or something is still sealed; the text says what."""


@dataclass(frozen=True)
class Certificate:
    """What became of everything about everybody. Counts alone: it can be given to whoever asks."""

    last_day: str
    announced_at: datetime
    told: dict[str, int]
    erased_at: datetime
    accounts_erased: int
    keys_kept: dict[str, int]
    wrapping_keys_destroyed_at: datetime | None


def certificate(session: Session) -> Certificate:
    """Raises KeysStillNeeded as long as anybody is left to erase."""
    end = announced(session)
    if end is None or end.ended_at is None or end.decided_at is None:
        raise KeysStillNeeded("the service has not ended, or people are left to erase")
    erased = select(func.count()).select_from(Closure).where(Closure.state == ERASED)
    destroyed = select(func.max(LedgerEntry.at)).where(LedgerEntry.event == DESTROYED)
    return Certificate(
        last_day=end.last_day.isoformat(),
        announced_at=end.decided_at,
        told=people_told(session, end.id),
        erased_at=end.ended_at,
        accounts_erased=session.scalar(erased) or 0,
        keys_kept=keys_left(),
        wrapping_keys_destroyed_at=session.scalar(destroyed),
    )


def destroy_wrapping_keys(path: Path) -> int:
    """Put new keys in place of those that wrapped and indexed everybody's data; how many went. Safe to repeat.

    `path` is the file of the keyring; its copies elsewhere are for the operator to destroy. Raises KeysStillNeeded.
    """
    if kept := certificate(db.session()).keys_kept:
        raise KeysStillNeeded(", ".join(f"{count} of {name}" for name, count in sorted(kept.items())))
    old = keyring()
    ring = old.renewed("wrapping", "blind-index")
    with transaction():
        record(DESTROYED, wrapping=len(old.versions("wrapping")), blind_index=len(old.versions("blind-index")))
    replace_keyring(path, ring)
    data_keys().follow(ring)
    current_app.extensions["keyring"] = ring
    return len(old.versions("wrapping"))
