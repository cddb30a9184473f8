"""The counter tables and their engine: SQLAlchemy Core, a database of its own, SQLite by default, PostgreSQL by URL.

Nothing of the host's engine, session or metadata is shared. Every column is of a kind that `journal.ALLOWED` lists,
save the folder's own book-keeping (`nonces`, `journal_files`), which holds nothing that a counter could be joined with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    create_engine,
    event,
    select,
    text,
)  # fmt: skip

from analytics.codes import KEY_LENGTH, ShopMeasure
from analytics.tally import Tally

metadata = MetaData()

_CELL = (("day", Integer), ("cut", SmallInteger), ("a", BigInteger), ("b", BigInteger))


def _table(name: str, keys: Iterable[tuple[str, Any]], *counts: str) -> Table:
    """A counter table: its key columns first, then sums."""
    return Table(
        name,
        metadata,
        *(Column(key, kind, primary_key=True, autoincrement=False) for key, kind in keys),
        *(Column(count, BigInteger, nullable=False) for count in counts),
        sqlite_with_rowid=False,
    )


figures = _table("figures", _CELL, "views", "pages", "visits", "bounces", "seconds")
gaps = _table("visitor_gaps", (*_CELL, ("gap", SmallInteger)), "visitors")
page_figures = _table("page_figures", (*_CELL[:3], ("page", BigInteger)), "views", "entries", "exits")
funnel = _table("funnel", (*_CELL[:3], ("step_before", SmallInteger), ("step_after", SmallInteger)), "visits")
conversions = _table(
    "conversions", (_CELL[0], ("first_source", BigInteger), ("source", BigInteger), ("band", SmallInteger)), "orders"
)
left_out = _table("left_out", (_CELL[0], ("reason", SmallInteger)), "hits")
shop_days = _table("shop_days", (_CELL[0], ("measure", SmallInteger)), "orders", "amount")

pages = Table(
    "pages",
    metadata,
    Column("page", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(KEY_LENGTH), nullable=False),
    sqlite_with_rowid=False,
)
nonces = Table(
    "nonces",
    metadata,
    Column("nonce", BigInteger, primary_key=True, autoincrement=False),
    Column("hour", Integer, nullable=False),
    Index("nonces_by_hour", "hour"),
    sqlite_with_rowid=False,
)
journal_files = Table(
    "journal_files",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

COUNTERS = (figures, gaps, page_figures, funnel, conversions, left_out)
BOOKKEEPING = (nonces, journal_files)


class Store:
    """The counts database. `writing()` and `reading()` are its only ways in; each is one transaction."""

    def __init__(self, url: str) -> None:
        self.engine = engine_of(url)
        self._writer = self.engine.execution_options(analytics_writes=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def create_tables(self) -> None:
        """For tests and small sites; an operator's store is made by the migrations, and a test holds the two equal."""
        metadata.create_all(self.engine)


def engine_of(url: str) -> Engine:
    """An engine that takes SQLite's write lock at once in writing transactions and never checkpoints on its own."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("analytics_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def checkpoint(store: Store) -> None:
    """Move SQLite's log into the database file. For the folder alone (DESIGN 2)."""
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))


def insert(connection: Connection, table: Table) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT. Only the dialect in use is imported: PostgreSQL's takes 2 MB."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def add(connection: Connection, table: Table, cells: Mapping[Any, Sequence[int] | int]) -> None:
    """counter += n for every cell in the order of their keys: two folders then never deadlock."""
    keys = [column.name for column in table.primary_key]
    counts = [column.name for column in table.columns if not column.primary_key]
    rows = [
        dict(zip(keys + counts, (*key, *(numbers if isinstance(numbers, Sequence) else (numbers,))), strict=True))
        for key, numbers in sorted(cells.items())
    ]
    if not rows:
        return
    statement = insert(connection, table)
    sums = {name: table.c[name] + statement.excluded[name] for name in counts}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), rows)


def add_tally(connection: Connection, tally: Tally) -> None:
    """All that one batch of hits adds, and the names of the pages that it met."""
    names = [{"page": page, "key": key} for page, key in sorted(tally.pages.items())]
    if names:
        connection.execute(insert(connection, pages).on_conflict_do_nothing(), names)
    add(connection, figures, tally.figures)
    add(connection, gaps, tally.gaps)
    add(connection, page_figures, tally.page_figures)
    add(connection, funnel, tally.funnel)
    add(connection, conversions, tally.conversions)
    add(connection, left_out, tally.left_out)


def tell_day_total(store: Store, day: int, measure: ShopMeasure, orders: int, amount: int) -> None:
    """Write down what the host itself counted on a day; a repetition replaces. `amount` in the smallest unit."""
    row = {"day": day, "measure": int(measure), "orders": orders, "amount": amount}
    if _told(store, day, measure) == (orders, amount):
        return
    with store.writing() as connection:
        statement = insert(connection, shop_days).values(row)
        told = {"orders": orders, "amount": amount}
        connection.execute(statement.on_conflict_do_update(index_elements=["day", "measure"], set_=told))


def _told(store: Store, day: int, measure: ShopMeasure) -> tuple[int, int]:
    with store.reading() as connection:
        mine = (shop_days.c.day == day) & (shop_days.c.measure == int(measure))
        row = connection.execute(select(shop_days.c.orders, shop_days.c.amount).where(mine)).one_or_none()
    return (int(row.orders), int(row.amount)) if row else (0, 0)
