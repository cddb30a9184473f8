"""The store of an operator is made by migrations, forward and back, and is the one that the code expects."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import analytics
from analytics.store import Store, metadata


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/migrated.db"


def migrations(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(analytics.__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def test_the_migrations_make_the_tables_that_the_code_expects(url):
    command.upgrade(migrations(url), "head")
    with Store(url).engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_migrations_can_be_repeated_and_undone(url):
    command.upgrade(migrations(url), "head")
    command.upgrade(migrations(url), "head")
    command.downgrade(migrations(url), "base")
    assert inspect(Store(url).engine).get_table_names() == ["alembic_version"]
    command.upgrade(migrations(url), "head")
    assert set(inspect(Store(url).engine).get_table_names()) == {*metadata.tables, "alembic_version"}
