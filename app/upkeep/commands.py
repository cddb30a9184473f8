"""`flask --app wsgi backup ...`: making, listing, rehearsing and restoring backups."""

import json
from datetime import datetime

import click
import pyrage
from flask.cli import AppGroup
from pyrage.x25519 import Identity

from app.foundation.clock import SHANGHAI, now
from app.foundation.commands import all_stores
from app.foundation.database import db
from app.foundation.key_files import KeyFile
from app.privacy.erasing import replay
from app.settings import current_settings
from app.upkeep.backing_up import NoReaders, make_backup
from app.upkeep.backup_sets import BackupDamaged, sets_in
from app.upkeep.copying import CopyFailed
from app.upkeep.inspecting import look_at
from app.upkeep.rehearsing import RehearsalFailed, rehearse
from app.upkeep.restoring import NoBackup, NotEmpty, choose, restore

backup_commands = AppGroup("backup", help="Encrypted backups of all stores, and their restore.")
_PROBLEMS = (NoBackup, NotEmpty, BackupDamaged, CopyFailed, RehearsalFailed, OSError)


identity = click.option(
    "--identity", "identities", required=True, type=KeyFile(), help="File with the private age key."
)


@backup_commands.command("make")
def make() -> None:
    """Make a backup of data and keys now."""
    try:
        data, keys = make_backup(now())
    except NoReaders:
        raise click.ClickException("BACKUP_PUBLIC_KEY is not set") from None
    except _PROBLEMS as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{data.folder}: {data.size} bytes")
    click.echo(f"{keys.folder}: {keys.size} bytes")


@backup_commands.command("list")
def show() -> None:
    """Every whole set, oldest first."""
    settings = current_settings()
    for folder in (settings.backup_dir, settings.key_backup_dir):
        for found in sets_in(folder):
            click.echo(f"{found.at.isoformat()} {found.folder} {found.size}")


@backup_commands.command("rehearse")
@identity
def rehearse_restore(identities: list[Identity]) -> None:
    """Restore the newest backup beside this shop, look at it, and delete it again."""
    try:
        found = rehearse(all_stores(), current_settings(), identities, click.echo)
    except pyrage.DecryptError:
        raise click.ClickException("this key does not open the backup") from None
    except _PROBLEMS as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(json.dumps(found))
    if not found["sound"]:
        raise click.ClickException("what was restored is not sound")


@backup_commands.command("restore")
@identity
@click.option("--made-by", type=click.DateTime(), help="The newest data made no later than this (China time).")
def restore_stores(identities: list[Identity], made_by: datetime | None) -> None:
    """Fill this shop's stores, which must be empty; then run `db upgrade` and `backup look`."""
    settings = current_settings()
    try:
        chosen = choose(settings, made_by.replace(tzinfo=SHANGHAI) if made_by else None)
        restore(chosen, all_stores(), settings.uploads_dir, identities, click.echo)
    except pyrage.DecryptError:
        raise click.ClickException("this key does not open the backup") from None
    except _PROBLEMS as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("restored; now `db upgrade`, then `backup look` before the shop is opened")


@backup_commands.command("look")
def look() -> None:
    """Erase again who was erased, then say what this shop holds and whether it is whole, as JSON."""
    replay()
    click.echo(json.dumps(look_at(db.session())))
