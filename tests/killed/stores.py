"""A shop whose whole state can be kept, put back, and written out to be compared, on SQLite and on PostgreSQL."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import configure_mappers

from analytics.agent import load as load_agents
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.database import checkpoint, db
from bench.engines import Postgres
from tests.conftest import Browser, settings_for

Rows = dict[str, list[list[str]]]
"""By table: rows, each as the values of its columns in writing."""
Columns = dict[str, list[int]]
"""By table: the places of some of its columns."""
STORES = "*.db*"
"""Files of SQLite: each store and what it has not folded back."""


class KeptShop:
    """A shop in a folder. Processes that open its stores are forks of this one, which never does so itself."""

    def __init__(self, folder: Path, postgres: Postgres | None = None) -> None:
        configure_mappers()  # what every fork would do first
        load_agents()
        self._living, self._kept, self._postgres = folder / "living", folder / "kept", postgres
        url = {"SHOP_DATABASE_URL": postgres.new_database()} if postgres else {}
        self.app: Flask = create_app(settings_for(self._living, **url))
        self.app.test_client_class = Browser

    def make_tables(self) -> None:
        """For a process of its own."""
        with self.app.app_context():
            db.create_all()
            data_keys.metadata.create_all(self.app.extensions["data_keys"].engine)

    def close(self) -> None:
        """Let go of the stores, with everything in the files themselves; for a process that ends well."""
        for engine in (db.engine, self.app.extensions["data_keys"].engine):
            checkpoint(engine)
            engine.dispose()

    def keep(self) -> None:
        """What stands now is what `put_back` brings again."""
        self._kept.mkdir()
        for file in self._living.glob(STORES):
            shutil.copy(file, self._kept)
        if self._postgres:
            self._postgres.copy_database(self._url, "kept")

    def put_back(self) -> None:
        """The stores alone: beside them a process has logs, which threads of its own write when they will."""
        for file in self._living.glob(STORES):
            file.unlink()
        for file in self._kept.iterdir():
            shutil.copy(file, self._living)
        if self._postgres:
            self._postgres.copy_database("kept", self._url)

    @property
    def _url(self) -> str:
        return str(self.app.config["SQLALCHEMY_DATABASE_URI"]).rpartition("/")[2]


def everything() -> Rows:
    """Every row of every table of the shop, in writing. For a process of its own."""
    connection = db.session.connection()
    return {
        name: sorted([repr(value) for value in row] for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))
        for name in db.metadata.tables
    }


def common_columns(one: Rows, other: Rows) -> Columns:
    """Columns in which two runs of the same agree: all but random numbers and what is sealed."""
    return {
        table: [
            place
            for place in range(len(one[table][0]) if one[table] else 0)
            if Counter(row[place] for row in one[table]) == Counter(row[place] for row in other[table])
        ]
        for table in one
    }


def differing(found: Rows, wanted: Rows, columns: Columns) -> list[str]:
    """The tables whose rows are others, looked at in these columns alone."""

    def seen(rows: Rows, table: str) -> Any:
        return Counter(tuple(row[place] for place in columns[table]) for row in rows[table])

    return [table for table in wanted if seen(found, table) != seen(wanted, table)]
