"""What the application needs of this slice when it starts: its commands, its duty, and its lines of `/status`."""

from flask import Flask

from app.upkeep import backing_up, standing
from app.upkeep.commands import backup_commands, role_commands

__all__ = ["backing_up", "init_slice", "standing"]


def init_slice(app: Flask) -> None:
    app.cli.add_command(backup_commands)
    app.cli.add_command(role_commands)
