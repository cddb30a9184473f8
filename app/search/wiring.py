"""The search's place in the application: its index file, and what the worker does: a new index, terms of past days."""

from flask import Flask, current_app

from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.jobs import every
from app.privacy.my_data import is_changed_at
from app.search.counting_terms import close_days
from app.search.finding import SearchHouse, rebuild
from app.search.index import IndexFile
from app.settings import current_settings


def init_slice(app: Flask) -> None:
    with app.app_context():
        app.extensions["search_house"] = SearchHouse(IndexFile(current_settings().search_index))
    is_changed_at("searched_terms", "search.history")


@every(seconds=1, name="search.rebuild")
def keep_index_new() -> None:
    """Rebuild the index when the catalogue moved, so that no visitor waits for it."""
    house: SearchHouse = current_app.extensions["search_house"]
    version = shelf_now().standing.version
    if house.file.version != version:
        rebuild(db.session(), house, version)


@every(seconds=60, name="search.close_days")
def tell_terms_of_past_days() -> None:
    """What was searched for on days that are over goes to the counting house, as far as enough browsers did."""
    close_days(db.session(), now())
