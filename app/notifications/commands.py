"""`flask sms templates`: what the operator registers with the SMS service before opening."""

import re

import click
from flask.cli import AppGroup

from app.foundation.languages import LANGUAGES, catalogue
from app.notifications.texts import registered_templates

sms_commands = AppGroup("sms", help="Messages by SMS.")


@sms_commands.command("templates")
def templates() -> None:
    """Print each template's name and text as the service wants them, with ${value} for what is filled in."""
    for name, (template, language) in sorted(registered_templates().items()):
        text = str(catalogue(LANGUAGES[language]).ugettext(template.text))
        as_registered = re.sub(r"%[(](\w+)[)]s", r"${\1}", text)
        click.echo(f"{name}\t{as_registered}")
