"""What a thousand page views leave on the disk: `python -m bench.storage`.

A made-up crowd lives some days through journal and folder. The journal is what is written and soon taken away; nonces
are those of the page views of the last 48 hours; counters are what all views left, before and after the last nonces
are forgotten and the last open days are closed.
"""

import argparse
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from analytics.codes import Cut
from analytics.fold import NONCE_HOURS, Folder
from analytics.journal import SEGMENT_BYTES, SUFFIX, Journal
from analytics.simulation import Crowd, simulate
from analytics.store import Store, figures, hours
from bench.closed_days import DAYS, KINDS, PRODUCTS, ROOMS

NONCES = ("nonces", "nonces_by_hour")
OTHERS = ("journal_files", "sqlite_schema", "alembic_version")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.storage", description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[100, 1_000, 10_000], help="visits a day")
    parser.add_argument("--days", type=int, default=14)
    wish = parser.parse_args()
    print("bytes for 1,000 page views")
    print(f"{'visits a day':>12}{'views':>10}{'journal':>10}{'nonces':>10}{'counters':>10}{'all, 49 h later':>17}")
    for visits in wish.visits:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            live_through(Path(folder), visits, wish.days)


def live_through(folder: Path, visits: int, days: int) -> None:
    """One crowd; prints its row."""
    store, journal = Store(f"sqlite:///{folder}/counts.db"), Journal(folder / "journal", sync="each")
    store.create_tables()
    crowd, until, written = Crowd(KINDS, ROOMS, {"product": PRODUCTS}, DAYS, visits=visits, seed=1), time.time(), 0

    def fold_at(seconds: float) -> None:
        nonlocal written
        journal.close()
        written += sum(path.stat().st_size for path in (folder / "journal").glob(f"*{SUFFIX}"))
        Folder(folder / "journal", store, DAYS, lambda: seconds, batch_bytes=SEGMENT_BYTES).fold()

    for _ in simulate(crowd, journal, fold_at, days=days, until=until, after=0):
        pass
    with store.reading() as connection:
        views = _views(connection)
        recent = _views_since(connection, until - NONCE_HOURS * 3600)
        of_nonces, before = _bytes(connection, NONCES), _bytes_of_counters(connection)
    fold_at(until + (NONCE_HOURS + 1) * 3600)
    with store.reading() as connection:
        after = _bytes_of_counters(connection) + _bytes(connection, NONCES)
    print(f"{visits:>12,}{views:>10,}", end="")
    print(f"{written / views * 1000:>10,.0f}{of_nonces / recent * 1000:>10,.0f}", end="")
    print(f"{before / views * 1000:>10,.0f}{after / views * 1000:>17,.0f}", flush=True)


def _views(connection: Connection) -> int:
    return int(connection.scalar(select(func.sum(figures.c.views)).where(figures.c.cut == Cut.ALL)) or 0)


def _views_since(connection: Connection, seconds: float) -> int:
    first = DAYS.of(seconds) * 24 + DAYS.hour_of(seconds)
    return int(connection.scalar(select(func.sum(hours.c.views)).where(hours.c.day * 24 + hours.c.hour >= first)) or 1)


def _bytes(connection: Connection, names: tuple[str, ...]) -> int:
    query = text("SELECT sum(pgsize) FROM dbstat WHERE name = :name")
    return sum(int(connection.scalar(query, {"name": name}) or 0) for name in names)


def _bytes_of_counters(connection: Connection) -> int:
    whole = int(connection.scalar(text("SELECT sum(pgsize) FROM dbstat")) or 0)
    return whole - _bytes(connection, NONCES + OTHERS)


if __name__ == "__main__":
    main()
