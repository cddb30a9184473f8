"""The search's place in the application: its index file, and the worker's duty to keep it as new as the catalogue."""

from flask import Flask, current_app

from app.catalog.shelf_reading import shelf_now
from app.foundation.database import db
from app.foundation.jobs import every
from app.search.finding import SearchHouse, rebuild
from app.search.index import IndexFile
from app.settings import current_settings


def init_slice(app: Flask) -> None:
    with app.app_context():
        app.extensions["search_house"] = SearchHouse(IndexFile(current_settings().search_index))


@every(seconds=1, name="search.rebuild")
def keep_index_new() -> None:
    """Rebuild the index when the catalogue moved, so that no visitor waits for it."""
    house: SearchHouse = current_app.extensions["search_house"]
    version = shelf_now().standing.version
    if house.file.version != version:
        rebuild(db.session(), house, version)
