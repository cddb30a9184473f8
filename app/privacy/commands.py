"""Commands of keeping: `flask --app wsgi retention <command>`. Clause 5.1.3b."""

import json

import click
from flask.cli import AppGroup

from app.foundation.clock import now
from app.foundation.database import db
from app.privacy.keeping import enforce, past_its_time

retention_commands = AppGroup("retention", help="How long everything is kept, and what is past its time.")


@retention_commands.command("run")
@click.option("--json", "as_json", is_flag=True)
def run(as_json: bool) -> None:
    """End the keeping of all that is past its time, then report. Exit status 1 where something is left."""
    gone = enforce(now())
    left = past_its_time(db.session(), now())
    if as_json:
        click.echo(json.dumps({"gone": gone, "past_its_time": left}))
    else:
        for name in sorted(gone):
            click.echo(f"{name}: {gone[name]} gone, {left[name]} left")
        click.echo(f"past its time: {sum(left.values())}")
    if any(left.values()):
        raise SystemExit(1)


@retention_commands.command("report")
def report() -> None:
    """Say by rule what is past its time, and change nothing."""
    left = past_its_time(db.session(), now())
    for name in sorted(left):
        click.echo(f"{name}: {left[name]}")
    click.echo(f"past its time: {sum(left.values())}")
