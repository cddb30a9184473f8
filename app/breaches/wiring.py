"""The commands, the duty that tells people, and a keeping rule."""

from flask import Flask

from app.breaches import forgetting
from app.breaches.commands import breach_commands

__all__ = ["forgetting", "init_slice"]


def init_slice(app: Flask) -> None:
    app.cli.add_command(breach_commands)
