"""What the slice hands the application: its command, its shelf, its kept fragments, the categories of the menu."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.catalog import telling  # noqa: F401 - its duties
from app.catalog.commands import catalog_commands
from app.catalog.fragments import Fragments
from app.catalog.page_codes import init_page_codes
from app.catalog.shelf_reading import ShelfKeeper
from app.catalog.versions import drop_old_flips
from app.catalog.views.front import menu_categories
from app.catalog.waiting import tell_who_waited
from app.foundation.database import transaction
from app.foundation.jobs import every
from app.foundation.notices import register_notices


def init_slice(app: Flask) -> None:
    app.cli.add_command(catalog_commands)
    app.extensions["shelf_keeper"] = ShelfKeeper()
    app.extensions["fragments"] = Fragments()
    register_notices({"wish_kept": ("good", _l("We will tell you when it is back."))})
    app.jinja_env.globals["menu_categories"] = menu_categories
    init_page_codes(app)


@every(seconds=600, name="catalog.drop_old_flips")
def forget_flips() -> None:
    """Keep the log of what sold out and came back short."""
    with transaction() as session:
        drop_old_flips(session)


@every(seconds=5, name="catalog.tell_who_waited")
def tell_waiting() -> None:
    """Messages to those who asked to be told when a SKU is back."""
    tell_who_waited()
