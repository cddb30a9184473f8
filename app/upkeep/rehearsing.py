"""Rehearsing a restore: the newest backup becomes a second shop, is looked at, and goes. Clause 2.4.

The second shop is another process with stores of its own. Beside PostgreSQL it needs a role that may make databases.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pyrage.x25519 import Identity
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from app.foundation.audit import record
from app.foundation.database import new_id, transaction
from app.foundation.stores import Store
from app.privacy.erasure_journal import NAME as JOURNAL
from app.settings import ROOT, Settings
from app.upkeep.restoring import choose, restore

_SETTING_OF = {"shop": "SHOP_DATABASE_URL", "keys": "KEY_DATABASE_URL", "analytics": "ANALYTICS_DATABASE_URL"}


class RehearsalFailed(RuntimeError):
    """The second shop did not come to life; the message is the last thing it said."""


def rehearse(
    stores: list[Store], settings: Settings, identities: Sequence[Identity], say: Callable[[str], object]
) -> Mapping[str, Any]:
    """Restore, bring the tables up to date, erase again who was erased, look; what was found is kept as evidence.

    Raises NoBackup, BackupDamaged, CopyFailed, RehearsalFailed.
    """
    chosen = choose(settings)
    with ExitStack() as gone_afterwards:
        folder = Path(gone_afterwards.enter_context(tempfile.TemporaryDirectory(dir=settings.instance_dir)))
        urls = {store.name: gone_afterwards.enter_context(_second(store.url, folder)) for store in stores}
        second = [Store(store.name, urls[store.name], store.metadata, store.folder) for store in stores]
        uploads = folder / "uploads"
        surroundings = {
            **os.environ,
            **{_SETTING_OF[name]: url for name, url in urls.items()},
            "INSTANCE_DIR": str(folder),
            "UPLOADS_DIR": str(uploads),
            "KEYRING": settings.keyring,
            "LEDGER_HEADS": str(settings.ledger_heads),
        }
        if (journal := settings.instance_dir / JOURNAL).exists():
            shutil.copy(journal, folder)
        restore(chosen, second, uploads, identities, say)
        _run(surroundings, "db", "upgrade")
        found: dict[str, Any] = json.loads(_run(surroundings, "backup", "look"))
    with transaction():
        record("backup.rehearsed", made=chosen.data.folder.name, **found)
    return found


@contextmanager
def _second(url: str, folder: Path) -> Iterator[str]:
    """The address of a store beside this one that does not exist yet (SQLite) or is empty, and goes afterwards."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        yield f"sqlite:///{folder / Path(address.database or 'store').name}"
        return
    name = f"rehearsal_{new_id():x}"
    _at_the_server(address, f'CREATE DATABASE "{name}"')
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        _at_the_server(address, f'DROP DATABASE "{name}" WITH (FORCE)')


def _at_the_server(address: URL, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _run(surroundings: Mapping[str, str], *words: str) -> str:
    argv = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    ended = subprocess.run(  # noqa: S603 - our own commands
        argv, env=dict(surroundings), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise RehearsalFailed((ended.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return ended.stdout
