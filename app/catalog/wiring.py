"""What the slice hands the application: its command, its shelf, the categories of the menu."""

from flask import Flask

from app.catalog.commands import catalog_commands
from app.catalog.shelf_reading import ShelfKeeper


def init_slice(app: Flask) -> None:
    app.cli.add_command(catalog_commands)
    app.extensions["shelf_keeper"] = ShelfKeeper()
