"""The store of an operator is made by migrations, forward and back, and is the one that the code expects."""

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import analytics
from analytics.days import number_of
from analytics.reading import Range
from analytics.reports import Figures, Reports
from analytics.store import Store, metadata
from analytics.visit import NEW


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


def test_what_was_counted_before_there_were_months_is_read_by_month_and_comes_back_by_day(url):
    """Two whole months of figures in the first shape of the tables: forward they are exact, back they are the same."""
    first, last = number_of(date(2026, 9, 1)), number_of(date(2026, 10, 31))
    command.upgrade(migrations(url), "0001")
    store = Store(url)
    with store.writing() as connection:
        for day in range(first, last + 1):
            connection.exec_driver_sql(f"INSERT INTO figures VALUES ({day}, 0, 0, 0, 3, 2, 2, 1, 40)")
            connection.exec_driver_sql(f"INSERT INTO visitor_gaps VALUES ({day}, 0, 0, 0, {NEW}, 1)")
            connection.exec_driver_sql(f"INSERT INTO visitor_gaps VALUES ({day}, 0, 0, 0, 1, 1)")
            connection.exec_driver_sql(f"INSERT INTO page_figures VALUES ({day}, 0, 0, 5, 3, 2, 2)")
        before = list(connection.exec_driver_sql("SELECT * FROM page_figures ORDER BY day"))
    command.upgrade(migrations(url), "head")
    reports = Reports(store, {})
    assert reports.totals(Range(first, last)) == Figures(183, 122, 62, 61, 2440, 122)
    assert reports.totals(Range(first + 1, last)) == Figures(180, 120, 61, 60, 2400, 120)
    command.downgrade(migrations(url), "0001")
    with store.reading() as connection:
        assert list(connection.exec_driver_sql("SELECT * FROM page_figures ORDER BY day")) == before
