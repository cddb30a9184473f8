"""`flask support import-mail PLACE`: mail becomes tickets. Clause 7.1."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.foundation.clock import now
from app.settings import current_settings
from app.support.mail.folders import mails_in
from app.support.mail.taking_in import ADDED, AUTOMATIC, KNOWN, OPENED, take_in_all

support_commands = AppGroup("support", help="Questions and complaints.")


@support_commands.command("import-mail")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@click.option("--remove", is_flag=True, help="Delete each file once it is taken in, so that no plain copy stays.")
def import_mail(place: Path, remove: bool) -> None:
    """Take in the mail of PLACE: a maildir, an mbox file, or a folder with one file for each mail.

    Safe to repeat and to interrupt: a mail becomes one ticket, however often it is found.
    """
    outcomes = take_in_all(mails_in(place), current_settings().operator.contact_mail, now(), removing=remove)
    click.echo(
        f"New tickets: {outcomes[OPENED]}, added to tickets: {outcomes[ADDED]}, known already: {outcomes[KNOWN]}, "
        f"sent by programs and left out: {outcomes[AUTOMATIC]}"
    )
