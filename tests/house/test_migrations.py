"""Migrations of every store, forward and back, on SQLite and on PostgreSQL. DESIGN.md 2."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, create_engine, inspect
from sqlalchemy.engine import make_url

from app.foundation import stores


def stores_of(shop: Flask) -> dict[str, stores.Store]:
    return {store.name: replace(store, metadata=_own_tables(store)) for store in shop.extensions["stores"]}


def _own_tables(store: stores.Store) -> MetaData:
    """The store's tables without those that other tests of this process have added for themselves."""
    own = MetaData(naming_convention=store.metadata.naming_convention)
    for table in store.metadata.sorted_tables:
        if not table.name.startswith("test_"):
            table.to_metadata(own)
    return own


def revisions(store: stores.Store) -> list[str]:
    """Oldest first."""
    return [step.revision for step in ScriptDirectory.from_config(store.alembic()).walk_revisions()][::-1]


def shape(store: stores.Store) -> dict[str, object]:
    """Every table with its columns, keys and indexes, in an order that does not depend on how it came about."""
    engine = create_engine(store.url)
    found = inspect(engine)
    described: dict[str, object] = {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)),
            sorted(found.get_pk_constraint(table)["constrained_columns"]),
            sorted((key["constrained_columns"], key["referred_table"]) for key in found.get_foreign_keys(table)),
            sorted(
                (str(index["name"]), index["column_names"], bool(index["unique"])) for index in found.get_indexes(table)
            ),
        )
        for table in found.get_table_names()
        if not table.startswith("alembic_version")
    }
    engine.dispose()
    return described


def walk_forward_and_back(store: stores.Store) -> None:
    stores.upgrade(store)
    whole = shape(store)
    assert whole
    stores.check(store)
    for target in [*revisions(store)[-2::-1], "base"]:
        stores.downgrade(store, target)
    assert shape(store) == {}
    for target in revisions(store):
        stores.upgrade(store, target)
    assert shape(store) == whole


STORES = ["shop", "keys", "analytics"]


@pytest.mark.parametrize("name", STORES)
def test_a_store_of_sqlite_goes_forward_and_back(shop: Flask, tmp_path: Path, name: str) -> None:
    walk_forward_and_back(replace(stores_of(shop)[name], url=f"sqlite:///{tmp_path / name}.db"))


@pytest.mark.parametrize("name", STORES)
def test_a_store_of_postgresql_goes_forward_and_back(shop: Flask, postgres_url: str, name: str) -> None:
    walk_forward_and_back(replace(stores_of(shop)[name], url=postgres_url))


def test_the_three_stores_are_three_databases(shop: Flask) -> None:
    databases = {name: make_url(store.url).database for name, store in stores_of(shop).items()}
    assert sorted(databases) == sorted(STORES)
    assert len(set(databases.values())) == 3


def test_no_table_is_in_two_stores(shop: Flask) -> None:
    tables = [table for store in stores_of(shop).values() for table in store.metadata.tables]
    assert len(tables) == len(set(tables))
