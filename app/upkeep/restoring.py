"""Putting a backup back. Clauses 2.4, 5.2.2b.

A restore fills empty stores only, so that nothing is overwritten by mistake. The keys are always the newest there are:
whoever was erased since the data were copied stays erased.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage.x25519 import Identity
from sqlalchemy import create_engine, inspect

from app.foundation.database import engine_options
from app.foundation.stores import Store
from app.settings import Settings
from app.upkeep.backing_up import KEYS, UPLOADS
from app.upkeep.backup_sets import BackupSet, sets_in
from app.upkeep.copying import fill_folder, fill_store


class NoBackup(LookupError):
    """There is no whole backup of data or of keys that would do."""


class NotEmpty(FileExistsError):
    """A store that should be filled holds something."""


@dataclass(frozen=True)
class Chosen:
    """The two sets that make a shop again."""

    data: BackupSet
    keys: BackupSet


def choose(settings: Settings, made_by: datetime | None = None) -> Chosen:
    """The newest data, or the newest made no later than a moment, and the newest keys. Raises NoBackup."""
    data = [found for found in sets_in(settings.backup_dir) if made_by is None or found.at <= made_by]
    keys = list(sets_in(settings.key_backup_dir))
    if not data or not keys:
        raise NoBackup("no whole backup of data or of keys")
    return Chosen(data[-1], keys[-1])


def restore(
    chosen: Chosen, stores: list[Store], uploads: Path, identities: Sequence[Identity], say: Callable[[str], object]
) -> None:
    """Fill the stores and the folder of uploads. Raises NotEmpty before anything is touched, BackupDamaged, CopyFailed,
    pyrage.DecryptError where the identities are another's.
    """
    if full := [store.name for store in stores if _holds_something(store.url)]:
        raise NotEmpty(f"not empty: {', '.join(full)}")
    for store in stores:
        source = chosen.keys if store.name == KEYS else chosen.data
        say(f"{store.name}: from {source.folder.name}")
        _make_place(store)
        with source.opened(store.name, identities) as content:
            fill_store(store.url, content)
    say(f"{UPLOADS}: from {chosen.data.folder.name}")
    with chosen.data.opened(UPLOADS, identities) as content:
        fill_folder(uploads, content)


def _holds_something(url: str) -> bool:
    engine = create_engine(url, **engine_options(url))
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if path is not None:
        return Path(path).exists()
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _make_place(store: Store) -> None:
    if store.url.startswith("sqlite"):
        Path(store.url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
