"""The store of an operator is made by migrations, forward and back, and is the one that the code expects."""

import runpy
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

import analytics
from analytics.codes import Cut, Device
from analytics.days import number_of
from analytics.place import place_code
from analytics.promotion import COUNTRIES, OTHER_COUNTRY
from analytics.reading import Range
from analytics.reports import Figures, Reports
from analytics.store import Store, audience_releases, faults, metadata, promotion_audience
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


def test_countries_that_are_not_listed_become_one_and_no_browser_is_lost(url):
    command.upgrade(migrations(url), "0007")
    store = Store(url)
    cells = {place_code("CN"): 70, place_code("TV"): 3, place_code("SM"): 4, OTHER_COUNTRY: 5}
    with store.writing() as connection:
        for place, browsers in cells.items():
            connection.exec_driver_sql(f"INSERT INTO promotion_audience VALUES (900, 1, 10, {place}, {browsers})")
            connection.exec_driver_sql(f"INSERT INTO promotion_audience_releases VALUES (900, 1, 10, {place}, 10)")
        connection.exec_driver_sql("INSERT INTO promotion_audience VALUES (900, 1, 1, 2, 82)")
    command.upgrade(migrations(url), "head")
    with store.reading() as connection:
        counted = connection.execute(select(promotion_audience)).all()
        told = connection.execute(select(audience_releases.c.a)).scalars().all()
    assert {row.a: row.happened for row in counted if row.cut == Cut.PLACE} == {place_code("CN"): 70, OTHER_COUNTRY: 12}
    assert [row.happened for row in counted if row.cut == Cut.DEVICE] == [82]
    assert set(told) == {place_code("CN"), OTHER_COUNTRY}


def test_the_migration_knows_countries_of_the_short_list_by_their_numbers():
    versions = Path(analytics.__file__).parent / "migrations" / "versions"
    names = runpy.run_path(str(versions / "0008_countries_of_a_short_list.py"))
    assert dict(zip(names["LISTED"], names["CODES"], strict=True)).items() <= COUNTRIES.items()


def test_faults_counted_before_are_of_an_unknown_device_and_go_back_as_they_were(url):
    command.upgrade(migrations(url), "0008")
    store = Store(url)
    with store.writing() as connection:
        connection.exec_driver_sql("INSERT INTO faults VALUES (900, 7, 3), (901, 7, 1)")
    command.upgrade(migrations(url), "head")
    with store.writing() as connection:
        assert connection.execute(select(faults)).all() == [(900, 7, Device.OTHER, 3), (901, 7, Device.OTHER, 1)]
        connection.exec_driver_sql(f"INSERT INTO faults VALUES (901, 7, {int(Device.PHONE)}, 4)")
    command.downgrade(migrations(url), "0008")
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT day, fault, hits FROM faults ORDER BY day").all() == [
            (900, 7, 3), (901, 7, 5)
        ]  # fmt: skip
