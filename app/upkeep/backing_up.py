"""Making backups each day and forgetting old ones: data for 35 days, keys apart from them for 7. Clauses 2.4, 5.2.2b.

What is written is sealed to the public keys of BACKUP_PUBLIC_KEY while it is read, so that nothing plain lies on a
disk and no server can open a backup. Data are copied before keys: a person's key is older than the first row that it
seals.
"""

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import create_engine, text

from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import transaction
from app.foundation.jobs import every
from app.foundation.stores import Store
from app.privacy.keeping import began_before
from app.settings import Settings, current_settings
from app.upkeep.backup_sets import BackupSet, Writing, forget, sets_in
from app.upkeep.copying import copy_of_folder, copy_of_store

MADE_EVERY = timedelta(days=1)
KEYS, UPLOADS = "keys", "uploads"


class NoReaders(RuntimeError):
    """BACKUP_PUBLIC_KEY is not set: a backup that nobody may read is not made, and an open one even less."""


def data_stores() -> list[Store]:
    """Every store whose backup is kept with the data: all but that of the keys."""
    return [store for store in _stores() if store.name != KEYS]


def key_store() -> Store:
    return next(store for store in _stores() if store.name == KEYS)


def make_backup(at: datetime) -> tuple[BackupSet, BackupSet]:
    """Copy all data, then the keys, and write it into the ledger. Raises NoReaders, CopyFailed, OSError."""
    settings = current_settings()
    if not settings.backup_readers:
        raise NoReaders
    data = _data(settings, at)
    keys = Writing(settings.key_backup_dir, at, settings.backup_readers)
    with copy_of_store(key_store().url) as content:
        keys.add(KEYS, content)
    made = keys.finish(revisions={KEYS: revision_of(key_store().url)})
    with transaction():
        record("backup.made", bytes=data.size, keys_bytes=made.size)
    return data, made


def forget_old(at: datetime) -> int:
    """Delete every backup past its time; how many there were."""
    settings = current_settings()
    kept = ((settings.backup_dir, "data_backups"), (settings.key_backup_dir, "key_backups"))
    return sum(forget(folder, began_before(keep, at)) for folder, keep in kept)


@every(seconds=300, name="upkeep.backup", apart=True)
def back_up_daily() -> bool:
    """Forget what is past its time, and make a backup once a day; whether one was made."""
    at, settings = now(), current_settings()
    forget_old(at)
    last = last_backup(settings.backup_dir, settings.key_backup_dir)
    if not settings.backup_readers or (last is not None and at - last < MADE_EVERY):
        return False
    make_backup(at)
    return True


def last_backup(*folders: Path) -> datetime | None:
    """When a whole set was last made in each of these folders; None where one has none."""
    newest = [max((found.at for found in sets_in(folder)), default=None) for folder in folders]
    return None if None in newest else min(at for at in newest if at)


def revision_of(url: str) -> str:
    """The migration at which a store stands."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    finally:
        engine.dispose()


def _data(settings: Settings, at: datetime) -> BackupSet:
    writing = Writing(settings.backup_dir, at, settings.backup_readers)
    for store in data_stores():
        with copy_of_store(store.url) as content:
            writing.add(store.name, content)
    with copy_of_folder(settings.uploads_dir) as content:
        writing.add(UPLOADS, content)
    return writing.finish(revisions={store.name: revision_of(store.url) for store in data_stores()})


def _stores() -> list[Store]:
    found: list[Store] = current_app.extensions["stores"]
    return found
