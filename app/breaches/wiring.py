"""The commands, and the duty that tells people."""

from flask import Flask

from app.breaches.commands import breach_commands


def init_slice(app: Flask) -> None:
    app.cli.add_command(breach_commands)
