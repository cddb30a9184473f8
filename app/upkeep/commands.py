"""`flask --app wsgi backup ...`: making, listing, rehearsing and restoring backups, and `roles make`."""

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
from app.privacy.policy import founding_versions
from app.privacy.texts import POLICY
from app.settings import current_settings
from app.upkeep.backing_up import NoReaders, make_backup
from app.upkeep.backup_sets import BackupDamaged, sets_in
from app.upkeep.copying import CopyFailed
from app.upkeep.inspecting import look_at
from app.upkeep.rehearsing import RehearsalFailed, rehearse
from app.upkeep.restoring import NoBackup, NotEmpty, choose, restore
from app.upkeep.roles import RolesRefused, make_roles

backup_commands = AppGroup("backup", help="Encrypted backups of all stores, and their restore.")
role_commands = AppGroup("roles", help="The roles of PostgreSQL, each with the least rights.")
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
    click.echo("restored; now `db upgrade`, `backup look` and `audit accept-loss` before the shop is opened")


@backup_commands.command("look")
def look() -> None:
    """Erase again who was erased, then say what this shop holds and whether it is whole, as JSON."""
    replay()
    click.echo(json.dumps(look_at(db.session())))


@role_commands.command("make")
@click.option(
    "--admin", required=True, help="Address of a superuser, such as postgresql+psycopg://postgres@host/postgres."
)
def make_store_roles(admin: str) -> None:
    """Make or correct roles and rights of the stores, whose addresses name the serving roles. Safe to repeat."""
    kept = founding_versions(POLICY)[-1].manifest.keep("evidence")
    assert kept is not None  # noqa: S101 - every version of the policy states it
    try:
        made = make_roles(admin, all_stores(), kept)
    except RolesRefused as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("\n".join(made))
