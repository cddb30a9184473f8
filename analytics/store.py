"""The counter tables and their engine: SQLAlchemy Core, a database of its own, SQLite by default, PostgreSQL by URL.

Nothing of the host's engine, session or metadata is shared. Every column is of a kind that `journal.ALLOWED` lists,
save the folder's own book-keeping (`nonces`, `journal_files`), which holds nothing that a counter could be joined with.

Figures stand by day and, for long ranges, by month. What one dimension cuts moves in both at once; cells of two
dimensions are added to their month when their day is closed (closing.py).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    cast,
    create_engine,
    delete,
    event,
    func,
    literal,
    select,
    text,
    true,
)  # fmt: skip

from analytics.codes import ALL_CUTS, FILTERS, KEY_LENGTH, PAIRS, TERM_LENGTH, ShopMeasure, cut_of_pair
from analytics.days import month_of, week_of
from analytics.tally import FIGURES, PAGE_FIGURES, Tally, month_gaps_of, months_of

metadata = MetaData()

_DAY, _MONTH, _WEEK = ("day", Integer), ("month", Integer), ("week", Integer)
_CUT, _A, _B, _PAGE = ("cut", SmallInteger), ("a", BigInteger), ("b", BigInteger), ("page", BigInteger)
_STEPS = (("step_before", SmallInteger), ("step_after", SmallInteger))


def _table(name: str, keys: Iterable[tuple[str, Any]], *counts: str) -> Table:
    """A counter table: its key columns first, then sums. What is cut lies together by cut, then by time."""
    names = [key for key, _ in keys]
    return Table(
        name,
        metadata,
        *(Column(key, kind, autoincrement=False, nullable=False) for key, kind in keys),
        *(Column(count, BigInteger, nullable=False) for count in counts),
        PrimaryKeyConstraint(*(sorted(names, key=lambda key: key != "cut"))),
        sqlite_with_rowid=False,
    )


figures = _table("figures", (_DAY, _CUT, _A, _B), *FIGURES)
figure_months = _table("figure_months", (_MONTH, _CUT, _A, _B), *FIGURES)
gaps = _table("visitor_gaps", (_DAY, _CUT, _A, _B, ("gap", SmallInteger)), "visitors")
gap_months = _table("visitor_gap_months", (_MONTH, _CUT, _A, _B, ("last_day", Integer)), "visitors")
page_figures = _table("page_figures", (_DAY, _CUT, _A, _PAGE), *PAGE_FIGURES)
page_months = _table("page_months", (_MONTH, _CUT, _A, _PAGE), *PAGE_FIGURES)
funnel = _table("funnel", (_DAY, _CUT, _A, *_STEPS), "visits")
funnel_months = _table("funnel_months", (_MONTH, _CUT, _A, *_STEPS), "visits")
hours = _table("hours", (_DAY, ("hour", SmallInteger)), "views", "visits")
minutes = _table("minutes", (("minute", BigInteger),), "views")
cohorts = _table("cohorts", (("cohort", Integer), _WEEK), "visitors")
conversions = _table(
    "conversions", (_DAY, ("first_source", BigInteger), ("source", BigInteger), ("band", SmallInteger)), "orders"
)
marks = _table("marks", (_DAY, _PAGE, ("mark", SmallInteger)), "hits")
not_found = _table("not_found", (_DAY, _PAGE, ("source", BigInteger)), "hits")
left_out = _table("left_out", (_DAY, ("reason", SmallInteger)), "hits")
timings = _table("timings", (_DAY, ("page_kind", SmallInteger), ("bucket", SmallInteger)), "answers")
faults = _table("faults", (_DAY, ("fault", BigInteger), ("device", SmallInteger)), "hits")
page_times = _table("page_times", (_DAY, _PAGE), "hits", "seconds")
loads = _table("loads", (_DAY, ("page_kind", SmallInteger), ("bucket", SmallInteger)), "hits")
outbound = _table(
    "outbound", (_DAY, ("page_kind", SmallInteger), ("way", SmallInteger), ("target", BigInteger)), "hits"
)
_CAMPAIGN = (_DAY, ("campaign", Integer))
promotions = _table(
    "promotions",
    (*_CAMPAIGN, ("arm", SmallInteger), ("measure", SmallInteger), ("lag", SmallInteger), ("band", SmallInteger)),
    "happened",
)
releases = _table("promotion_releases", (*_CAMPAIGN, ("measure", SmallInteger), ("band", SmallInteger)), "released")
"""What principals may see of a closed week, which begins on `day`; see release.py. 0 is "below the floor"."""
promotion_audience = _table("promotion_audience", (*_CAMPAIGN, _CUT, _A), "happened")
"""Browsers that a campaign reached, by what was known of them then; nothing is cut by two."""
audience_releases = _table("promotion_audience_releases", (*_CAMPAIGN, _CUT, _A), "released")
open_weeks = _table("open_weeks", (_DAY,), "views", "visits", "visitors")
"""What everybody may see of a closed week, which begins on `day`; see open_weeks.py. 0 is "below the floor"."""
shop_days = _table("shop_days", (_DAY, ("measure", SmallInteger)), "orders", "amount")
terms = _table("terms", (_DAY, ("language", SmallInteger), ("term", String(TERM_LENGTH))), "browsers", "found")

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

CUT_BY_DAY = (figures, gaps, page_figures, funnel)
_TOLD_ON_LEAVING = (page_times, loads, outbound)
_ONCE_A_LINE = (
    conversions, marks, not_found, left_out, timings, faults, promotions, promotion_audience, *_TOLD_ON_LEAVING
)  # fmt: skip
RELEASED = (releases, audience_releases, open_weeks)
"""Their day is the first one of a week."""
BY_DAY = (hours, *_ONCE_A_LINE, *RELEASED, shop_days, terms)
CUT_BY_MONTH = (figure_months, gap_months, page_months, funnel_months)
NOW_MINUTES = 30
closed_days = Table(
    "closed_days", metadata, Column("day", Integer, primary_key=True, autoincrement=False), sqlite_with_rowid=False
)
BOOKKEEPING = (nonces, journal_files, closed_days)

MONTHS = {figures: figure_months, gaps: gap_months, page_figures: page_months, funnel: funnel_months}
"""The table that holds the month sums of one that is cut by day."""
_PAIR_CUTS = frozenset(cut_of_pair(x, y) for x, y in PAIRS)
_FILTER_CUTS = frozenset(int(cut) for cut in FILTERS)
TWO_WAY = {figures: _PAIR_CUTS, gaps: _PAIR_CUTS, page_figures: _FILTER_CUTS, funnel: _FILTER_CUTS}
"""The cuts under which a table holds cells of two dimensions."""


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
    if not cells:
        return
    rows = [(*key, *sums) if isinstance(sums, Sequence) else (*key, sums) for key, sums in sorted(cells.items())]
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_adding_rows(table, "VALUES ({})", "?"), rows)
    else:
        columns = tuple(map(list, zip(*rows, strict=True)))
        connection.exec_driver_sql(_adding_rows(table, "SELECT * FROM unnest({})", "%s::bigint[]"), columns)


@cache
def _adding_rows(table: Table, rows: str, mark: str) -> str:
    """What `adding` says, for numbers in the order of the columns, which the driver takes as they are.

    With a name for each number of each row, SQLAlchemy takes longer over a batch than the store does.
    """
    keys = ", ".join(column.name for column in table.columns if column.primary_key)
    sums = ", ".join(f"{c.name} = {table.name}.{c.name} + excluded.{c.name}" for c in _counts(table))
    names = ", ".join(column.name for column in table.columns)
    given = rows.format(", ".join([mark] * len(table.columns)))
    return f"INSERT INTO {table.name} ({names}) {given} ON CONFLICT ({keys}) DO UPDATE SET {sums}"  # noqa: S608  # nosec B608 - our own names


def record_nonces(connection: Connection, numbers: Iterable[int], hour: int) -> set[int]:
    """Remember nonces, in one statement; those that were not known before."""
    ordered = sorted(set(numbers))
    if not ordered:
        return set()
    number: ColumnElement[int]
    if connection.dialect.name == "sqlite":
        number = func.json_each(json.dumps(ordered)).table_valued("value").c.value
    else:
        number = func.unnest(cast(ordered, ARRAY(BigInteger))).column_valued("value")
    rows = select(number, literal(hour)).where(true())
    statement = insert(connection, nonces).from_select(["nonce", "hour"], rows)
    return set(connection.scalars(statement.on_conflict_do_nothing().returning(nonces.c.nonce)))


def _counts(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not column.primary_key]


def adding(connection: Connection, table: Table, statement: Any) -> Any:
    """An INSERT that adds to the counters which are there already."""
    keys = [column.name for column in table.columns if column.primary_key]
    sums = {column.name: column + statement.excluded[column.name] for column in _counts(table)}
    return statement.on_conflict_do_update(index_elements=keys, set_=sums)


def last_closed(connection: Connection) -> int:
    """The number of the latest closed day; 0 where none is."""
    return int(connection.scalar(select(func.max(closed_days.c.day))) or 0)


def _closed_until_commit(connection: Connection) -> int:
    """The latest closed day, and it stays so until this transaction ends: nothing may come into a day being closed.

    SQLite has one writer at a time; on PostgreSQL another node may be closing, and waits here or is waited for.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {closed_days.name} IN SHARE MODE"))
    return last_closed(connection)


def add_tally(connection: Connection, tally: Tally) -> None:
    """All that one batch of hits adds, and the names of the pages that it met."""
    names = [{"page": page, "key": key} for page, key in sorted(tally.pages.items())]
    if names:
        connection.execute(insert(connection, pages).on_conflict_do_nothing(), names)
    closed = _closed_until_commit(connection)
    for table in CUT_BY_DAY:
        cells, two_way = getattr(tally, table.name), TWO_WAY[table]
        add(connection, table, {key: sums for key, sums in cells.items() if key[0] > closed or key[1] not in two_way})
        one_way = {key: sums for key, sums in cells.items() if key[1] not in two_way}
        add(connection, MONTHS[table], month_gaps_of(one_way) if table is gaps else months_of(one_way))
    for table in (hours, cohorts, *_ONCE_A_LINE):
        add(connection, table, getattr(tally, table.name))


def forget(connection: Connection, day: int) -> None:
    """Drop the figures of all days before this one; sums of a month or a week go with its last day.

    A released week outlives what it was made of, so that it is never released with other noise.
    """
    for table in CUT_BY_DAY:
        connection.execute(delete(table).where(table.c.cut.in_(ALL_CUTS), table.c.day < day))
    for table in CUT_BY_MONTH:
        connection.execute(delete(table).where(table.c.cut.in_(ALL_CUTS), table.c.month < month_of(day)))
    for table in BY_DAY:
        last_day = table.c.day + 6 if table in RELEASED else table.c.day
        connection.execute(delete(table).where(last_day < day))
    connection.execute(delete(cohorts).where(cohorts.c.week < week_of(day)))
    connection.execute(delete(closed_days).where(closed_days.c.day < day))


def count_minute(connection: Connection, minute: int, views: int) -> None:
    """Add to the views of this minute, and forget the minutes that are older than half an hour."""
    connection.execute(delete(minutes).where(minutes.c.minute <= minute - NOW_MINUTES))
    add(connection, minutes, {(minute,): views} if views else {})


def forget_minutes(store: Store) -> None:
    """After made-up visits, which were folded just now but did not come just now."""
    with store.writing() as connection:
        connection.execute(delete(minutes))


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
