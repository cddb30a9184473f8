"""The counting house behind the shop, with empty counters before each test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from analytics.extension import Analytics
from analytics.reading import Range
from analytics.store import journal_files, metadata


@pytest.fixture
def house(app: Flask) -> Iterator[Analytics]:
    """The shop's counting house with nothing in it; what other tests left in the journal is counted away first."""
    found: Analytics = app.extensions["analytics"]
    _start_anew(found)
    yield found
    _start_anew(found)


def _start_anew(house: Analytics) -> None:
    house.fold()
    with house.store.writing() as connection:
        for table in metadata.sorted_tables:
            if table is not journal_files:
                connection.execute(table.delete())


@pytest.fixture
def totals(house: Analytics):
    """A question: views, visits and visitors of today."""

    def ask() -> tuple[int, int, int]:
        house.fold()
        found = house.reports.totals(Range(house.today(), house.today()))
        return found.views, found.visits, found.visitors

    return ask
