"""Commands of the house itself: stores, worker, keys, audit. `flask --app wsgi <group> <command>`."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from pyrage.x25519 import Identity

from app.foundation import stores
from app.foundation.chain_check import LedgerDamaged, check_ledger
from app.foundation.chain_heads import keep_head
from app.foundation.chain_loss import NothingLost, accept_loss
from app.foundation.clock import now
from app.foundation.data_keys import REWRAP_PAUSE_SECONDS, data_keys
from app.foundation.encryption import keyring, replace_keyring
from app.foundation.jobs import HEARTBEAT, run_worker
from app.foundation.key_files import KeyFile
from app.foundation.sealed_log import CannotOpen, opened
from app.settings import current_settings

db_commands = AppGroup("db", help="The tables of all stores.")
keys_commands = AppGroup("keys", help="The keyring and the data keys.")
audit_commands = AppGroup("audit", help="The ledger of evidence.")
sealed_log_commands = AppGroup("sealed-log", help="The sealed log of addresses: its keys, and how it is opened.")


def all_stores() -> list[stores.Store]:
    """Every store of the application, the counting house's included."""
    found: list[stores.Store] = current_app.extensions["stores"]
    return found


@db_commands.command("upgrade")
def upgrade() -> None:
    """Bring every store to its newest tables. Safe to repeat."""
    for store in all_stores():
        stores.upgrade(store)
        click.echo(f"{store.name}: up to date")


@db_commands.command("downgrade")
@click.argument("name")
@click.argument("revision")
def downgrade(name: str, revision: str) -> None:
    """Take store NAME back to REVISION ("base" for empty)."""
    stores.downgrade(_store_named(name), revision)


@db_commands.command("revision")
@click.argument("name")
@click.argument("message")
def revision(name: str, message: str) -> None:
    """Write a migration of store NAME from what changed in the models."""
    stores.write_revision(_store_named(name), message)


@db_commands.command("check")
def check() -> None:
    """Fail when a store's models differ from its migrations."""
    for store in all_stores():
        stores.check(store)


@keys_commands.command("rotate")
def rotate() -> None:
    """Make a new wrapping key and wrap every data key anew, while the shop serves. Can be stopped and repeated."""
    path = Path(current_settings().keyring)
    if not path.exists():
        raise click.ClickException(
            "KEYRING is not a file: add a new wrapping version to it, restart, and run `keys rewrap`"
        )
    ring = keyring().with_new_version("wrapping")
    replace_keyring(path, ring)
    data_keys().follow(ring)
    click.echo(f"wrapping version {ring.newest('wrapping')[0]} is written; running processes read it when they meet it")
    _rewrap_all()


@keys_commands.command("rewrap")
def rewrap() -> None:
    """Wrap data keys under the newest wrapping key, some hundred at a time, until none is left."""
    _rewrap_all()


def _rewrap_all() -> None:
    done = 0
    while some := data_keys().rewrap():
        done += some
        time.sleep(REWRAP_PAUSE_SECONDS)
    click.echo(f"rewrapped: {done}")


@audit_commands.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Walk the hash chain beside the heads kept outside, and write down the result. Exit status 1 when it is broken."""
    found = check_ledger(now())
    facts = vars(found) | {"seconds": round(found.seconds, 2)}
    click.echo(json.dumps(facts) if as_json else " ".join(f"{name}={value}" for name, value in facts.items()))
    if not found.is_sound:
        raise SystemExit(1)


@audit_commands.command("keep-head")
def keep() -> None:
    """Add the chain's present head to the file of heads, as the worker does each minute."""
    click.echo("added" if keep_head() else "nothing new")


@audit_commands.command("accept-loss")
def accept_lost_links() -> None:
    """After a restore: let the ledger go on from where the backup ends. What was given up stays on record."""
    try:
        click.echo(f"lost and accepted: {accept_loss(now())} links")
    except NothingLost:
        raise click.ClickException("the chain is as long as its heads say") from None
    except LedgerDamaged:
        raise click.ClickException("what is here does not fit the heads: no restore explains it") from None


@sealed_log_commands.command("keygen")
def keygen() -> None:
    """Make the keys of one keeper. The private one is shown this once and stored nowhere."""
    identity = Identity.generate()
    click.echo(f"public, for SEALED_LOG_PUBLIC_KEY: {identity.to_public()}")
    click.echo(f"private, for its keeper alone, away from every server: {identity}")


@sealed_log_commands.command("open")
@click.argument("file", type=click.File("rb"))
@click.option("--identity", "key_files", type=KeyFile(), multiple=True, required=True, help="A private key.")
def open_sealed_log(file: IO[bytes], key_files: Sequence[list[Identity]]) -> None:
    """Print the records of FILE, one JSON text a line. Exit status 1 where a line stayed closed. Clause 1.2.1(3)."""
    identities = [identity for keys in key_files for identity in keys]
    closed = 0
    for number, line in enumerate(file, 1):
        try:
            for record in opened(line.strip(), identities) if line.strip() else ():
                click.echo(record)
        except CannotOpen:
            closed += 1
            click.echo(f"line {number} cannot be opened with these keys", err=True)
    if closed:
        raise SystemExit(1)


@click.command("worker")
def worker() -> None:
    """Run the background duties until TERM or INT."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    run_worker(app, current_settings().instance_dir / HEARTBEAT)


def _store_named(name: str) -> stores.Store:
    for store in all_stores():
        if store.name == name:
            return store
    raise click.BadParameter(f"there is no store {name}")


def init_commands(app: Flask) -> None:
    for group in (db_commands, keys_commands, audit_commands, sealed_log_commands):
        app.cli.add_command(group)
    app.cli.add_command(worker)
