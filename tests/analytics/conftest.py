"""A counting house on its own: store, journal and folder in a new directory, with a clock that the test moves."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.codes import Cut, LeftOut
from analytics.days import Days
from analytics.example.bakery import bakery
from analytics.fold import Folder
from analytics.journal import HitLine, Journal
from analytics.store import Store, figures, gaps, left_out
from tests.analytics.builders import NOON

DAYS = Days("Asia/Shanghai")


class Clock:
    """Seconds since 1970 that a test moves."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@dataclass
class House:
    """What a test needs of a counting house without any web around it."""

    root: Path
    store: Store
    now: float = NOON

    @property
    def journal_dir(self) -> Path:
        return self.root / "journal"

    def journal(self, **options) -> Journal:
        """Pushed to the disk with each line, so that no background thread still holds a file when the test looks."""
        return Journal(self.journal_dir, **{"sync": "each", **options})

    def folder(self, **options) -> Folder:
        return Folder(self.journal_dir, self.store, DAYS, lambda: self.now, **options)

    def fold(self, **options) -> int:
        return self.folder(**options).fold()

    def append(self, *lines: HitLine) -> None:
        journal = self.journal()
        for line in lines:
            journal.append(line)
        journal.close()

    def totals(self) -> dict[str, int]:
        with self.store.reading() as connection:
            rows = connection.execute(select(figures).where(figures.c.cut == Cut.ALL)).mappings().all()
            unique = connection.execute(select(gaps).where(gaps.c.cut == Cut.ALL)).mappings().all()
        found = {name: sum(row[name] for row in rows) for name in ("views", "pages", "visits", "bounces", "seconds")}
        return {**found, "visitors": sum(row["visitors"] for row in unique)}

    def left_out(self) -> dict[LeftOut, int]:
        with self.store.reading() as connection:
            return {LeftOut(row.reason): row.hits for row in connection.execute(select(left_out)) if row.hits}


@pytest.fixture
def house(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/counts.db")
    store.create_tables()
    yield House(tmp_path, store)
    store.engine.dispose()


@pytest.fixture
def moment():
    """The clock of the example site."""
    return Clock(NOON)


@pytest.fixture
def site(tmp_path, moment):
    """A small Flask site with a counting house: (app, analytics)."""
    app, analytics = bakery(tmp_path, moment)
    yield app, analytics
    analytics.journal.close()
    analytics.store.engine.dispose()
