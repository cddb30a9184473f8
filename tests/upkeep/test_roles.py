"""Each store on PostgreSQL has an owner, a role that serves it, and nobody gets from one into another. J2 of 2.10."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pyrage.x25519 import Identity
from sqlalchemy import Engine, Table, create_engine, func, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from analytics.store import audience_releases, open_weeks, releases
from app.factory import create_app
from app.foundation import stores
from app.foundation.audit import LedgerEntry, chain_new_entries, record
from app.foundation.chain_check import check_ledger
from app.foundation.chain_heads import keep_head
from app.foundation.clock import application_clock, now
from app.foundation.commands import all_stores
from app.foundation.data_keys import data_keys
from app.foundation.database import Base, db, transaction
from app.foundation.jobs import DUTIES
from app.privacy.keeping import RULES, enforce
from app.privacy.manifest import Period
from app.privacy.my_data import models_with_fields
from app.privacy.register import tables_about_persons
from app.settings import current_settings
from app.upkeep.backing_up import make_backup
from app.upkeep.rehearsing import rehearse
from app.upkeep.roles import GOES_ON, WRITTEN_ONCE, RolesRefused, make_roles
from bench.engines import Postgres
from tests.analytics.browsing import Surfer, is_counted
from tests.checkout.builders import an_order
from tests.conftest import settings_for
from tests.papers import papers_in_order
from tests.privacy.canaries import smallest

pytestmark = pytest.mark.part("postgresql")
SETTING_OF = {"shop": "SHOP_DATABASE_URL", "keys": "KEY_DATABASE_URL", "analytics": "ANALYTICS_DATABASE_URL"}
LONG_AGO = 3
"""Entries at the beginning of the ledger whose time is over."""
KEPT = Period.parse("3 years")
RIGHTS = """
SELECT relname, wanted FROM pg_class,
  unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS wanted
WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace) AND has_table_privilege(oid, wanted)
"""


def store_url(server: Postgres, store: str, role: str) -> URL:
    address = make_url(f"postgresql+psycopg://127.0.0.1:{server.port}/least_{store}")
    return address.set(username=role)


@pytest.fixture(scope="module")
def reader() -> Identity:
    return Identity.generate()


@pytest.fixture(scope="module")
def admin(postgres: Postgres) -> str:
    return f"postgresql+psycopg://shop@127.0.0.1:{postgres.port}/postgres"


@pytest.fixture(scope="module")
def served(
    postgres: Postgres, admin: str, reader: Identity, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A shop whose stores were made by the command, migrated by their owners, and are served by the least roles."""
    urls = {setting: str(store_url(postgres, name, f"{name}_service")) for name, setting in SETTING_OF.items()}
    app = create_app(settings_for(tmp_path_factory.mktemp("least"), BACKUP_PUBLIC_KEY=str(reader.to_public()), **urls))
    runner = app.test_cli_runner()
    first = runner.invoke(args=["roles", "make", "--admin", admin])
    assert first.exit_code == 0, first.output
    for store in app.extensions["stores"]:
        stores.upgrade(replace(store, url=str(store_url(postgres, store.name, f"least_{store.name}_owner"))))
    again = runner.invoke(args=["roles", "make", "--admin", admin])
    assert again.output == first.output
    with app.app_context():
        some_entries_of_long_ago()
        papers_in_order()
        yield app
        db.session.remove()
        db.engine.dispose()
        data_keys().engine.dispose()


def some_entries_of_long_ago() -> None:
    application_clock.freeze(now() - timedelta(days=3 * 366 + 1))
    with transaction():
        for number in range(LONG_AGO):
            record("test.long_ago", number=number)
    chain_new_entries()
    application_clock.reset()


def roles() -> dict[str, str]:
    """Every role, and the one store that it may open."""
    return {
        **{f"{store}_service": store for store in SETTING_OF},
        **{f"least_{store}_{role}": store for store in SETTING_OF for role in ("owner", "backup")},
        "least_analytics_reader": "analytics",
    }


def opened(url: URL) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT")


def refused(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        connection.execute(text(statement))


@pytest.mark.clause("2.10", "5.1.1a")
@pytest.mark.parametrize("role", roles())
def test_j2_a_role_opens_its_own_store_and_no_other(served: Flask, postgres: Postgres, role: str) -> None:
    for store in SETTING_OF:
        engine = create_engine(store_url(postgres, store, role))
        if store == roles()[role]:
            engine.connect().close()
        else:
            with pytest.raises(OperationalError, match="permission denied for database"):
                engine.connect()


@pytest.mark.clause("5.1.1a")
@pytest.mark.parametrize("role", roles())
def test_a_role_has_the_rights_of_the_table_and_no_other(served: Flask, postgres: Postgres, role: str) -> None:
    """Asked of PostgreSQL itself, table by table and right by right."""
    store = roles()[role]
    with opened(store_url(postgres, store, role)).connect() as connection:
        asked = text(RIGHTS)
        found: dict[str, set[str]] = {}
        for table, right in connection.execute(asked):
            found.setdefault(table, set()).add(right)
        can_create = connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')"))
    assert can_create is role.endswith("_owner")
    assert len(found) >= 2 and found == {table: expected_rights(role, table) for table in found}
    tables = {*next(each for each in served.extensions["stores"] if each.name == store).metadata.tables}
    assert found.keys() == tables - ({"nonces"} if role.endswith("reader") else set()) | (
        set() if role.endswith("reader") else {"alembic_version"}
    )


def expected_rights(role: str, table: str) -> set[str]:
    kind, rows = role.rpartition("_")[2], {"SELECT", "INSERT", "UPDATE", "DELETE"}
    if kind == "owner":
        return rows | {"TRUNCATE", "TRIGGER", "REFERENCES"}
    if kind == "service":
        return {"SELECT"} if table == "alembic_version" else rows
    return {"SELECT", "INSERT"} if kind == "backup" and table in ("ledger_entries", "ledger_waiting") else {"SELECT"}


@pytest.mark.clause("4.1.1(7)")
def test_who_reads_reports_for_research_reads_released_totals_and_no_table_about_a_person(
    served: Flask, postgres: Postgres
) -> None:
    """The role for reports, asked for every table with a person in it: neither here nor in the stores of people."""
    reports = opened(store_url(postgres, "analytics", "least_analytics_reader"))
    with reports.connect() as connection:
        for view in (releases, audience_releases, open_weeks):
            connection.execute(select(view)).all()
    refused(reports, "SELECT * FROM nonces")
    personal = {model.__tablename__ for model in models_with_fields()} | tables_about_persons(Base.metadata)
    assert {"accounts", "orders", "testimonials"} <= personal
    for table in sorted(name for name in personal if not name.startswith("test_")):
        with reports.connect() as connection, pytest.raises(ProgrammingError, match="UndefinedTable"):
            connection.execute(text(f"SELECT * FROM {table}"))
    for store in ("shop", "keys"):
        with pytest.raises(OperationalError, match="permission denied for database"):
            create_engine(store_url(postgres, store, "least_analytics_reader")).connect()


@pytest.mark.clause("5.1.1a")
def test_the_shop_takes_orders_counts_visits_and_does_its_duties_under_the_least_rights(
    served: Flask, postgres: Postgres
) -> None:
    order = an_order()
    assert is_counted(Surfer(served).opens("/zh-cn/"))
    for duty in DUTIES.values():
        duty.run()
    assert db.session.get(type(order), order.id)
    with served.extensions["analytics"].store.reading() as connection:
        assert connection.scalar(text("SELECT sum(views) FROM hours")) == 1
    assert served.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    for store, table in (("shop", "orders"), ("keys", "subject_keys"), ("analytics", "hours")):
        engine = opened(store_url(postgres, store, f"{store}_service"))
        for statement in (f"DROP TABLE {table}", f"TRUNCATE {table}", f"ALTER TABLE {table} ADD x int",
                          "CREATE TABLE mine (x int)", "CREATE ROLE friend", "COPY (SELECT 1) TO PROGRAM 'true'",
                          "UPDATE alembic_version SET version_num = '0'"):  # fmt: skip
            refused(engine, statement)


@pytest.mark.clause("5.1.1a")
def test_who_serves_the_shop_cannot_change_evidence_nor_delete_it_before_its_time(
    served: Flask, postgres: Postgres
) -> None:
    an_order()
    chain_new_entries()
    engine = opened(store_url(postgres, "shop", "shop_service"))
    for statement in ("UPDATE ledger_entries SET facts = '{}'", "UPDATE ledger_links SET hash = ''",
                      "DELETE FROM ledger_links", "DELETE FROM ledger_entries",
                      "ALTER TABLE ledger_entries DISABLE TRIGGER ALL"):  # fmt: skip
        refused(engine, statement)
    long_ago = now() - timedelta(days=3 * 366)
    with opened(store_url(postgres, "shop", "least_shop_owner")).connect() as owner:
        owner.execute(insert(LedgerEntry).values(id=7, at=long_ago, event="test.old", facts={}))
    with engine.connect() as connection:
        assert connection.execute(text("DELETE FROM ledger_entries WHERE id = 7")).rowcount == 1


@pytest.mark.clause("5.1.1a", "5.1.1f")
def test_who_serves_the_shop_deletes_no_evidence_of_any_kind_before_its_time(served: Flask, postgres: Postgres) -> None:
    """Every table that the rule of evidence covers, and versions that were published; what goes on may be changed."""
    guarded = WRITTEN_ONCE | GOES_ON
    covered = {model.__tablename__ for rule in RULES.values() if rule.keep == "evidence" for model in rule.covers}
    of_cases = {
        "disclosure_persons",
        "breach_persons",
        "transfer_persons",
    }  # a scope that is narrowed loses people
    assert set(guarded) == covered - of_cases - {"ledger_entries", "ledger_links", "ledger_waiting"} | {
        "policy_publications"
    }
    service = opened(store_url(postgres, "shop", "shop_service"))
    owner = opened(store_url(postgres, "shop", "least_shop_owner"))
    for name, since in guarded.items():
        table = db.metadata.tables[name]
        with owner.connect() as connection:
            for key, age in ((31, 1), (32, 3 * 366)):
                connection.execute(insert(table).values(a_row_of(table, key) | {since: now() - timedelta(days=age)}))
        mine = f"{next(iter(table.primary_key.columns)).name} ="  # noqa: S608
        refused(service, f"DELETE FROM {name} WHERE {mine} 31")  # noqa: S608
        refused(service, f"UPDATE {name} SET {since} = '2001-01-01' WHERE {mine} 31")  # noqa: S608
        refused(service, f"ALTER TABLE {name} DISABLE TRIGGER ALL")
        with service.connect() as connection:
            assert connection.execute(text(f"DELETE FROM {name} WHERE {mine} 32")).rowcount == 1  # noqa: S608
            same = text(f"UPDATE {name} SET {mine} 31 WHERE {mine} 31")  # noqa: S608
            if name in GOES_ON:
                assert connection.execute(same).rowcount == 1
            else:
                with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
                    connection.execute(same)
        with opened(store_url(postgres, "shop", "shop")).connect() as superuser:
            superuser.execute(text("SET session_replication_role = replica"))
            superuser.execute(text(f"DELETE FROM {name} WHERE {mine} 31"))  # noqa: S608


def a_row_of(table: Table, key: int) -> dict[str, Any]:
    """The smallest row: a value of its type in every column that may not be empty."""
    (own,) = table.primary_key.columns
    needed = [column for column in table.c if not column.nullable and column is not own]
    return {own.name: key} | {column.name: f"{key}"[:2] if column.unique else smallest(column) for column in needed}


@pytest.mark.clause("5.1.3b")
def test_who_serves_the_shop_cuts_the_ledger_where_its_time_is_over_by_the_stores_own_clock_too(served: Flask) -> None:
    chain_new_entries()
    keep_head()
    assert check_ledger(now()).is_sound
    enforce(now(), "ledger")
    chain_new_entries()
    keep_head()
    found = check_ledger(now())
    assert found.is_sound and found.cut == LONG_AGO
    assert db.session.scalar(select(func.count()).where(LedgerEntry.event == "test.long_ago")) == 0


def another(served: Flask, postgres: Postgres, role: str, *names: str) -> Flask:
    """The same shop as it is when these stores are opened under a role of their own."""
    settings = served.extensions["settings"]
    urls = {SETTING_OF[name]: str(store_url(postgres, name, f"least_{name}_{role}")) for name in names}
    readers = " ".join(map(str, settings.backup_readers))
    return create_app(settings_for(settings.instance_dir, BACKUP_PUBLIC_KEY=readers, **urls))


def test_the_reader_of_the_counts_gets_the_reports_and_can_move_nothing(served: Flask, postgres: Postgres) -> None:
    reading = another(served, postgres, "reader", "analytics").test_cli_runner()
    told = reading.invoke(args=["analytics", "report", "--from", "2026-11-01", "--to", "2026-11-30", "--json"])
    assert told.exit_code == 0 and "totals" in told.stdout, told.output
    address = store_url(postgres, "analytics", "least_analytics_reader")
    refused(opened(address), "UPDATE hours SET views = 7")
    refused(opened(address), "SELECT * FROM nonces")


@pytest.mark.clause("2.4")
def test_a_restore_is_rehearsed_by_the_roles_of_backup(served: Flask, postgres: Postgres, reader: Identity) -> None:
    an_order()
    with another(served, postgres, "backup", *SETTING_OF).app_context():
        make_backup(now())
        found = rehearse(all_stores(), current_settings(), [reader], lambda _: None)
        db.engine.dispose()
    assert found["sound"] and found["opened"]
    refused(opened(store_url(postgres, "shop", "shop_service")), "CREATE DATABASE mine")


def test_the_password_of_the_address_is_set_and_never_said_in_clear(postgres: Postgres, admin: str) -> None:
    urls = [f"postgresql+psycopg://secret_{n}:pä:s%25s'{n}@127.0.0.1:{postgres.port}/secret_{n}" for n in (1, 2)]
    some = [stores.Store(f"secret_{n}", url, db.metadata, Path()) for n, url in enumerate(urls, 1)]
    make_roles(admin, some, KEPT)
    with opened(make_url(admin)).connect() as server:
        kept = server.scalars(text("SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'secret\\__'")).all()
    assert len(kept) == 2 and all(each.startswith("SCRAM-SHA-256$") for each in kept)


@pytest.mark.parametrize(
    ("urls", "complaint"),
    [
        (["sqlite:///a.db"], "PostgreSQL"),
        (["postgresql+psycopg://a@127.0.0.1/x", "postgresql+psycopg://a@127.0.0.1/y"], "role of its own"),
        (["postgresql+psycopg://root@127.0.0.1/x"], "role of its own"),
        (["postgresql+psycopg://127.0.0.1/x"], "role of its own"),
        (["postgresql+psycopg://a@127.0.0.1/x", "postgresql+psycopg://b@127.0.0.1/x"], "database of its own"),
        (["postgresql+psycopg://a@elsewhere/x"], "server"),
    ],
)
def test_addresses_that_would_share_rights_are_refused(urls: list[str], complaint: str) -> None:
    some = [stores.Store("shop", url, db.metadata, Path()) for url in urls]
    with pytest.raises(RolesRefused, match=complaint):
        make_roles("postgresql+psycopg://root@127.0.0.1/postgres", some, KEPT)
