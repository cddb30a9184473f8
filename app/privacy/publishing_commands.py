"""`flask --app wsgi policy …`: how a new version gets from its author to the desk. Clauses P.3, 6.1b."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.foundation.clock import now
from app.foundation.errors import BusinessError
from app.privacy import texts
from app.privacy.publishing import propose
from app.privacy.texts import PINS, digests_of, pins_of

policy_commands = AppGroup("policy", help="Versions of the privacy policy.")


@policy_commands.command("pin")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def pin(folder: Path) -> None:
    """Pin the digests of a new version's files. A pinned version is never pinned again: edit no published text."""
    document, version = _document_of(folder), folder.resolve().name
    if version in pins_of(texts.FOLDERS[document]):
        raise click.ClickException(f"version {version} is pinned already; a change is a new version")
    lines = [f'"{name}" = "{digest}"\n' for name, digest in digests_of(folder).items()]
    with (texts.FOLDERS[document] / PINS).open("a") as pins:
        pins.writelines(["\n", f"[{version}]\n", *lines])
    click.echo(f"{document} {version}: {len(lines)} files pinned")


@policy_commands.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Propose a version: the desk then shows what it changes, and two people approve it there."""
    document = _document_of(folder)
    try:
        row = propose(document, folder.resolve().name, now())
    except BusinessError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{row.document} {row.version} waits for two people: {row.change_class}, effective {row.effective}")


def _document_of(folder: Path) -> str:
    """The document whose folder this version lies in."""
    for document, home in texts.FOLDERS.items():
        if folder.resolve().parent == home.resolve():
            return document
    raise click.ClickException(f"{folder} lies in none of {', '.join(map(str, texts.FOLDERS.values()))}")
