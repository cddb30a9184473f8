"""Migrations of every store, forward and back, on SQLite and on PostgreSQL. DESIGN.md 2."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Connection, Inspector, MetaData, Table, create_engine, inspect, select, text
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
            checks_of(found, table),
            sorted(
                (str(index["name"]), index["column_names"], bool(index["unique"])) for index in found.get_indexes(table)
            ),
        )
        for table in found.get_table_names()
        if not table.startswith("alembic_version")
    }
    engine.dispose()
    return described


def checks_of(found: Inspector, table: str) -> list[str]:
    return sorted(str(check["name"]) for check in found.get_check_constraints(table))


def checks_wanted(store: stores.Store) -> dict[str, list[str]]:
    """By table, the names of the checks that the models declare."""
    return {
        table.name: sorted(str(each.name) for each in table.constraints if isinstance(each, CheckConstraint))
        for table in store.metadata.sorted_tables
    }


def walk_forward_and_back(store: stores.Store) -> None:
    stores.upgrade(store)
    whole = shape(store)
    assert whole
    stores.check(store)
    found = inspect(create_engine(store.url))
    assert {table: checks_of(found, table) for table in checks_wanted(store)} == checks_wanted(store)
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


def dull_row(connection: Connection, table: str, **known: object) -> None:
    """A row whose columns hold `known`, and where nothing is known something dull that their type allows."""
    meant = Table(table, MetaData(), autoload_with=connection)
    dull: dict[type, object] = {str: "", int: 0, bytes: b"", bool: False, datetime: datetime(2026, 11, 20)}
    needed = {column.name: dull[column.type.python_type] for column in meant.columns if not column.nullable}
    connection.execute(meant.insert().values({**needed, **known}))


def money_is_carried_over_and_back(store: stores.Store) -> None:
    """A paid and an unpaid order of before: one gets a receipt and an allocation; going back loses neither fact."""
    stores.upgrade(store, "0007")
    engine, paid_at, day = create_engine(store.url), datetime(2026, 11, 23, 4), date(2026, 11, 22)
    with engine.begin() as connection:
        dull_row(connection, "accounts", id=1)
        for number, paid in ((1, paid_at), (2, None)):
            facts = {"id": number, "account_id": 1, "number": str(number), "placing_key": str(number)}
            dull_row(connection, "orders", **facts, goods=700, freight=77, total=777, paid_at=paid)
            confirmed = {"received_on": day, "confirmed_at": paid, "confirmed_by": 47} if paid else {}
            dull_row(connection, "remittances", id=10 + number, order_id=number, code=str(number), **confirmed)
    stores.upgrade(store)
    with engine.begin() as connection:
        orders = connection.execute(text("SELECT id, deposit, paid, refunded FROM orders ORDER BY id")).all()
        assert orders == [(1, 777, 777, 0), (2, 777, 0, 0)]
        receipts = text("SELECT channel, reference, amount, applied, recorded_by, meant_for FROM receipts")
        assert connection.execute(receipts).all() == [("remittance", "code 1", 777, 777, 47, 1)]
        applied = text("SELECT receipt_id = 11, order_id, amount FROM allocations")
        assert connection.execute(applied).all() == [(True, 1, 777)]
    stores.downgrade(store, "0007")
    with engine.begin() as connection:
        confirmed = Table("remittances", MetaData(), autoload_with=connection).columns
        known = select(*(confirmed[name] for name in ("received_on", "confirmed_at", "confirmed_by")))
        assert connection.execute(known.order_by(confirmed.order_id)).all() == [(day, paid_at, 47), (None, None, None)]
    engine.dispose()


def test_money_confirmed_before_receipts_is_carried_over_on_sqlite(shop: Flask, tmp_path: Path) -> None:
    money_is_carried_over_and_back(replace(stores_of(shop)["shop"], url=f"sqlite:///{tmp_path / 'shop.db'}"))


def test_money_confirmed_before_receipts_is_carried_over_on_postgresql(shop: Flask, postgres_url: str) -> None:
    money_is_carried_over_and_back(replace(stores_of(shop)["shop"], url=postgres_url))


def stock_gets_its_lots_and_loses_them_again(store: stores.Store) -> None:
    """Units of before lie in one lot of their SKU, what was shipped is counted; going back adds lots up."""
    stores.upgrade(store, "0010")
    engine, at = create_engine(store.url), datetime(2026, 11, 20)
    with engine.begin() as connection:
        for table in ("brands", "categories", "products", "skus", "warehouses"):
            dull_row(connection, table, id=1, **({"brand_id": 1, "category_id": 1} if table == "products" else {}),
                     **({"product_id": 1} if table == "skus" else {}))  # fmt: skip
        place = {"sku_id": 1, "warehouse_id": 1}
        dull_row(connection, "stock_levels", **place, on_hand=7, held=2)
        for key, kind, on_hand, held in ((1, "received", 10, 0), (2, "taken", 0, 5), (3, "shipped", -3, -3)):
            dull_row(connection, "stock_movements", id=key, **place, kind=kind, on_hand_delta=on_hand,
                     held_delta=held, at=at)  # fmt: skip
    stores.upgrade(store)
    counters = text("SELECT lots.code, on_hand, held, shipped FROM stock_levels JOIN lots ON lots.id = lot_id")
    with engine.begin() as connection:
        assert connection.execute(counters).all() == [("1", 7, 2, 3)]
        assert connection.execute(text("SELECT count(lot_id) FROM stock_movements")).scalar() == 3
        dull_row(connection, "lots", id=9, sku_id=1, code="2")
        dull_row(connection, "stock_levels", **place, lot_id=9, on_hand=4)
    stores.downgrade(store, "0010")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT sku_id, on_hand, held FROM stock_levels")).all() == [(1, 11, 2)]
        assert connection.execute(text("SELECT count(*) FROM stock_movements")).scalar() == 3
    engine.dispose()


def test_stock_of_before_lots_keeps_its_units_on_sqlite(shop: Flask, tmp_path: Path) -> None:
    stock_gets_its_lots_and_loses_them_again(replace(stores_of(shop)["shop"], url=f"sqlite:///{tmp_path / 'shop.db'}"))


def test_stock_of_before_lots_keeps_its_units_on_postgresql(shop: Flask, postgres_url: str) -> None:
    stock_gets_its_lots_and_loses_them_again(replace(stores_of(shop)["shop"], url=postgres_url))
