"""One data key per person, wrapped, in a store of its own (S7). Destroying it erases the person (5.1.1c, 5.2.2b)."""

import secrets
from collections.abc import Callable, Iterable

from flask import current_app
from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, Table, bindparam, delete, insert, select

from app.foundation.clock import now
from app.foundation.database import Id, UtcDateTime, new_id
from app.foundation.encryption import KEY_BYTES, Keyring, KeyringError, seal, unseal

metadata = MetaData()
subject_keys = Table(
    "subject_keys",
    metadata,
    Column("subject_id", Id, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapping_version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

REWRAP_PAUSE_SECONDS = 0.15
"""SQLite sleeps for up to a tenth of a second while it waits: who waits for a new key must find the lock free then."""

KEY_COLUMNS = (subject_keys.c.subject_id, subject_keys.c.wrapped, subject_keys.c.wrapping_version)
_OF_SUBJECTS = select(*KEY_COLUMNS).where(subject_keys.c.subject_id.in_(bindparam("subjects", expanding=True)))
_REWRAP = (
    subject_keys.update()
    .where(subject_keys.c.subject_id == bindparam("subject"), subject_keys.c.wrapping_version == bindparam("was"))
    .values(wrapped=bindparam("now"), wrapping_version=bindparam("version"))
)


class KeyDestroyed(LookupError):
    """The person's data key is gone: they were erased, and nothing sealed under it can be read again."""


class DataKeys:
    """The key store. Its writes commit at once and apart from the shop store."""

    def __init__(self, engine: Engine, ring: Keyring, reread: Callable[[], Keyring] | None = None) -> None:
        """`reread` gives the keyring as it is now: a process meets versions that were made after it started."""
        self.engine, self._ring, self._reread = engine, ring, reread

    def create(self) -> int:
        """A new subject with a committed key; returns its id. A row may then refer to it."""
        subject_id = new_id()
        self._write(insert(subject_keys).values(self._wrapped(subject_id, secrets.token_bytes(KEY_BYTES))))
        return subject_id

    def load(self, subject_ids: Iterable[int]) -> dict[int, bytes]:
        """Data keys of many people in one query; destroyed ones are absent."""
        wanted = sorted(set(subject_ids))
        if not wanted:
            return {}
        with self.engine.connect() as connection:
            rows = connection.execute(_OF_SUBJECTS, {"subjects": wanted})
            return {sid: self._unwrap(sid, wrapped, version) for sid, wrapped, version in rows}

    def existing(self, subject_ids: Iterable[int]) -> list[int]:
        """Those of these people whose key is there."""
        mine = select(subject_keys.c.subject_id).where(subject_keys.c.subject_id.in_(list(subject_ids)))
        with self.engine.connect() as connection:
            return list(connection.scalars(mine))

    def after(self, subject_id: int, limit: int) -> list[int]:
        """The next subjects that have a key, in the order of their numbers."""
        mine = select(subject_keys.c.subject_id).where(subject_keys.c.subject_id > subject_id)
        with self.engine.connect() as connection:
            return list(connection.scalars(mine.order_by(subject_keys.c.subject_id).limit(limit)))

    def destroy(self, subject_id: int) -> None:
        """Erase: afterwards nothing under this key can be read. Safe to repeat."""
        self._write(delete(subject_keys).where(subject_keys.c.subject_id == subject_id))

    def follow(self, ring: Keyring) -> None:
        """Wrap under the newest version of this keyring from now on."""
        self._ring = ring

    def rewrap(self, limit: int = 500) -> int:
        """Wrap up to `limit` keys anew under the newest wrapping key; returns how many. Safe to stop and repeat.

        Only the writing is a transaction, and a short one. Whoever calls in a row pauses for REWRAP_PAUSE_SECONDS.
        """
        newest, _ = self._ring.newest("wrapping")
        stale = select(*KEY_COLUMNS).where(subject_keys.c.wrapping_version != newest).limit(limit)
        with self.engine.connect() as connection:
            fresh = [self._anew(newest, *row) for row in connection.execute(stale).all()]
        if fresh:
            with self.engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # the engine begins nothing by itself there
                connection.execute(_REWRAP, fresh)
        return len(fresh)

    def _anew(self, newest: int, subject_id: int, wrapped: bytes, version: int) -> dict[str, object]:
        fresh = self._wrapped(subject_id, self._unwrap(subject_id, wrapped, version))
        return {"subject": subject_id, "was": version, "now": fresh["wrapped"], "version": newest}

    def _wrapped(self, subject_id: int, key: bytes) -> dict[str, object]:
        version, wrapping_key = self._ring.newest("wrapping")
        wrapped = seal(wrapping_key, key, f"subject/{subject_id}")
        return {"subject_id": subject_id, "wrapped": wrapped, "wrapping_version": version, "created_at": now()}

    def _unwrap(self, subject_id: int, wrapped: bytes, version: int) -> bytes:
        return unseal(self._wrapping_key(version), wrapped, f"subject/{subject_id}")

    def _wrapping_key(self, version: int) -> bytes:
        """Raises KeyringError where the keyring, also read anew, has no such version."""
        try:
            return self._ring.version("wrapping", version)
        except KeyringError:
            if self._reread is None:
                raise
            self._ring = self._reread()
            return self._ring.version("wrapping", version)

    def _write(self, statement: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def data_keys() -> DataKeys:
    """The key store of the running application."""
    keys: DataKeys = current_app.extensions["data_keys"]
    return keys


def create_subject() -> int:
    """Make a person whose data can be sealed: returns the subject id, its key committed."""
    return data_keys().create()
