"""`flask catalog import FILE`: a sheet of machines into the catalogue."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.catalog.importing import BrokenSheet, import_sheet
from app.foundation.clock import now

SHIPPED_SHEET = Path(__file__).parent / "data" / "miners.csv"

catalog_commands = AppGroup("catalog", help="The catalogue: import facts of machines.")


@catalog_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def import_file(file: Path) -> None:
    """Import the machines of a CSV FILE. A file with a bad row changes nothing."""
    try:
        done = import_sheet(file.read_bytes(), now())
    except BrokenSheet as broken:
        for fault in broken.faults:
            click.echo(f"{file.name}: {fault}", err=True)
        raise click.ClickException(f"nothing was imported: {len(broken.faults)} faults") from None
    click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged")
