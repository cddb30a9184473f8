"""Backups are encrypted, whole or not there, kept in two places, and can be restored. Clauses 2.4, 5.2.2b."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from pyrage.x25519 import Identity

from app.accounts.models import Account
from app.factory import create_app
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.uploads import store_private
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.privacy.erasure_journal import note_erased
from app.settings import ROOT, Settings
from app.upkeep.backing_up import NoReaders, back_up_daily, make_backup
from app.upkeep.backup_sets import BackupDamaged, Writing, forget, sets_in
from app.upkeep.copying import CopyFailed, copy_of_store, fill_store
from app.upkeep.inspecting import look_at
from tests.checkout.builders import CONSIGNEE, an_order
from tests.conftest import settings_for
from tests.upkeep.conftest import ShopMaker

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.clause("5.1.5a")]
CANARY = "运河金丝雀收货人"


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def identity_file(folder: Path, identity: Identity) -> str:
    path = folder / "reader.key"
    path.write_text(f"# a comment\n{identity}\n")
    return str(path)


def run(app: Flask, *words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """A command of the shop in a process of its own, with its stores."""
    settings = settings_of(app)
    told = {
        "INSTANCE_DIR": str(settings.instance_dir), "SHOP_DATABASE_URL": settings.shop_database_url,
        "KEY_DATABASE_URL": settings.key_database_url, "ANALYTICS_DATABASE_URL": settings.analytics_database_url,
        "BACKUP_PUBLIC_KEY": " ".join(map(str, settings.backup_readers)),
    }  # fmt: skip
    argv = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        argv, cwd=ROOT, env={**os.environ, **told, **surroundings}, capture_output=True, text=True, timeout=120
    )


def all_bytes(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_backup_becomes_the_same_shop_again(backed_up_shop: Flask, reader: Identity, tmp_path: Path) -> None:
    store_private(an_order().subject_id, b"a voucher")
    uploads = {path.name for path in settings_of(backed_up_shop).uploads_dir.rglob("*") if path.is_file()}
    data, _ = make_backup(now())
    made = run(backed_up_shop, "backup", "rehearse", "--identity", identity_file(tmp_path, reader))
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout.splitlines()[-1])
    assert found["sound"] and found["opened"] > 3 and not found["unreadable"]
    with tarfile.open(fileobj=data.opened("uploads", [reader])) as archive:
        assert {Path(each.name).name for each in archive if each.isfile()} == uploads != set()
    assert db.session.query(LedgerEntry).filter_by(event="backup.rehearsed").count() == 1
    assert not list(settings_of(backed_up_shop).instance_dir.glob("tmp*"))


def test_a_restore_fills_empty_stores_only(a_shop: ShopMaker, reader: Identity, tmp_path: Path) -> None:
    app = a_shop()
    number = an_order().number
    make_backup(now())
    identity = identity_file(tmp_path, reader)
    refused = run(app, "backup", "restore", "--identity", identity)
    assert refused.returncode == 1 and "not empty" in refused.stderr
    place = tmp_path / "again"
    settings = settings_of(app)
    urls = {
        "SHOP_DATABASE_URL": f"sqlite:///{place}/shop.db",
        "KEY_DATABASE_URL": f"sqlite:///{place}/keys.db",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{place}/analytics.db",
        "UPLOADS_DIR": str(place / "uploads"),
    }
    restored = run(app, "backup", "restore", "--identity", identity, **urls)
    assert restored.returncode == 0, restored.stderr
    again = create_app(settings_for(place, KEYRING=settings.keyring, **urls))
    with again.app_context():
        assert look_at(db.session())["sound"]
        assert db.session.query(Account).count() == 1
    assert number


def test_another_key_opens_nothing(a_shop: ShopMaker, tmp_path: Path) -> None:
    app = a_shop()
    an_order()
    make_backup(now())
    said = run(app, "backup", "rehearse", "--identity", identity_file(tmp_path, Identity.generate()))
    assert said.returncode == 1 and "does not open" in said.stderr


def test_nothing_plain_lies_in_a_backup_nor_on_the_way_to_it(a_shop: ShopMaker, tmp_path: Path) -> None:
    """A thread watches the folders while the backup is made: whatever file appears begins as an age file does."""
    app = a_shop()
    an_order()
    seen: set[bytes] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in (tmp_path / "backups").rglob("*.age"):
                try:
                    seen.add(path.open("rb").read(21))
                except OSError:
                    continue
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    make_backup(now())
    done.set()
    watcher.join()
    written = list(all_bytes(settings_of(app).backup_dir)) + list(all_bytes(settings_of(app).key_backup_dir))
    assert seen <= {b"", b"age-encryption.org/v1"}
    assert not any(b"SQLite format" in content or CONSIGNEE["consignee"].encode() in content for content in written)


def test_the_key_of_a_person_who_was_erased_is_in_no_newer_backup(
    a_shop: ShopMaker, reader: Identity, tmp_path: Path
) -> None:
    app = a_shop()
    subject = an_order().subject_id
    make_backup(now() - timedelta(days=2))
    data_keys().destroy(subject)
    make_backup(now())
    said = run(app, "backup", "rehearse", "--identity", identity_file(tmp_path, reader))
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["sound"] and found["of_erased"] > 3 and not found["opened"]


@pytest.mark.clause("5.2.2b")
def test_a_restored_backup_brings_nobody_back(a_shop: ShopMaker, reader: Identity, tmp_path: Path) -> None:
    """Rows and key of the erased are in the backup still; the journal of erasures is not."""
    app = a_shop()
    order = an_order()
    account = db.session.get_one(Account, order.account_id)
    cancel(order.id, Actor("buyer", account.audit_ref), now())
    make_backup(now())
    note_erased(account.audit_ref, account.subject_id)
    said = run(app, "backup", "rehearse", "--identity", identity_file(tmp_path, reader))
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["sound"] and not found["opened"]


def test_a_backup_is_made_once_a_day_and_forgotten_in_time(a_shop: ShopMaker, clock: Clock) -> None:
    app = a_shop()
    settings = settings_of(app)
    days = {settings.backup_dir: 35, settings.key_backup_dir: 7}
    assert back_up_daily()
    assert not back_up_daily()
    for day in range(1, 40):
        for folder in days:
            Writing(folder, now() - timedelta(days=day), settings.backup_readers).finish()
    clock.travel(hours=24)
    assert back_up_daily()
    for folder, kept in days.items():
        found = list(sets_in(folder))
        assert len(found) == kept
        assert all(now() - each.at < timedelta(days=kept) for each in found)


def test_without_a_reader_no_backup_is_made(app: Flask) -> None:
    assert not back_up_daily()
    with pytest.raises(NoReaders):
        make_backup(now())


def test_a_damaged_file_is_not_restored(tmp_path: Path, reader: Identity) -> None:
    writing = Writing(tmp_path / "sets", datetime(2026, 11, 30, tzinfo=UTC), [reader.to_public()])
    writing.add("shop", io.BytesIO(b"content"))
    made = writing.finish()
    assert made.opened("shop", [reader]).read() == b"content"
    path = made.folder / "shop.age"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(BackupDamaged):
        made.opened("shop", [reader])
    path.unlink()
    with pytest.raises(BackupDamaged):
        made.opened("shop", [reader])


def test_a_half_set_counts_for_nothing_and_goes_with_the_next(tmp_path: Path, reader: Identity) -> None:
    folder, first = tmp_path / "sets", datetime(2026, 11, 29, tzinfo=UTC)
    Writing(folder, first, [reader.to_public()]).add("shop", io.BytesIO(b"half"))
    assert list(sets_in(folder)) == [] and list(folder.iterdir())
    Writing(folder, first + timedelta(days=1), [reader.to_public()]).finish()
    assert [found.at for found in sets_in(folder)] == [first + timedelta(days=1)]
    assert len(list(folder.iterdir())) == 1
    assert forget(folder, first + timedelta(days=2)) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.2])
def test_killed_in_the_middle_the_next_one_is_whole(a_shop: ShopMaker, after: float, reader: Identity) -> None:
    app = a_shop()
    an_order()
    settings = settings_of(app)
    surroundings = {
        "INSTANCE_DIR": str(settings.instance_dir), "BACKUP_PUBLIC_KEY": str(reader.to_public()), **os.environ,
    }  # fmt: skip
    argv = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "make"]
    with subprocess.Popen(argv, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL) as making:
        time.sleep(after)
        making.send_signal(signal.SIGKILL)
    for found in [*sets_in(settings.backup_dir), *sets_in(settings.key_backup_dir)]:
        assert all(found.opened(name, [reader]).read(1) for name in found.files)
    make_backup(now())
    for folder in (settings.backup_dir, settings.key_backup_dir):
        assert not [path for path in folder.iterdir() if path.suffix == ".part"]


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CopyFailed, match=r"gone\.db"), copy_of_store(f"sqlite:///{tmp_path}/gone.db"):
        pass


@pytest.mark.part("postgresql")
def test_postgresql_says_what_it_minds(postgres_url: str, tmp_path: Path) -> None:
    with (
        pytest.raises(CopyFailed, match="pg_dump"),
        copy_of_store(postgres_url.rpartition("/")[0] + "/nowhere") as content,
    ):
        content.read()
    with pytest.raises(CopyFailed, match="pg_restore"):
        fill_store(postgres_url, io.BytesIO(b"no archive"))


def test_a_copy_is_one_moment_while_others_write(a_shop: ShopMaker, reader: Identity, tmp_path: Path) -> None:
    """Orders are placed all the while: in every copy each order has its lines and its evidence."""
    app = a_shop()
    an_order()
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                an_order()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            with copy_of_store(settings_of(app).shop_database_url) as content:
                fill_store(f"sqlite:///{tmp_path}/copy{number}.db", content)
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        with sqlite3.connect(tmp_path / f"copy{number}.db") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            orders = copy.execute("SELECT count(*) FROM orders").fetchone()[0]
            assert copy.execute("SELECT count(DISTINCT order_id) FROM order_parts").fetchone()[0] == orders
            placed = copy.execute("SELECT count(*) FROM ledger_entries WHERE event = 'order.place'").fetchone()[0]
            assert placed == orders


def test_age_itself_agrees(a_shop: ShopMaker, reader: Identity) -> None:
    app = a_shop()
    data, keys = make_backup(now())
    for made in (data, keys):
        for name in made.files:
            assert pyrage.decrypt((made.folder / f"{name}.age").read_bytes(), [reader])
    assert settings_of(app).backup_dir == data.folder.parent
