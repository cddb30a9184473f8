"""The shop store: its engine, its column types and the one way to write to it.

Reads run outside any transaction (each statement sees the newest committed state). Every write happens inside
`transaction()`, which opens with BEGIN IMMEDIATE on SQLite, because a read that later becomes a write fails there at
once with "database is locked". A write outside raises, so that nobody can forget.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Integer, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.session import ORMExecuteState
from sqlalchemy.types import TypeDecorator

from app.foundation.turns import turns_at

BUSY_TIMEOUT_SECONDS = 5
TURN_SECONDS = 15
"""How long a thread waits for those of its own process that came before it, before it waits for other processes."""
ASK_AGAIN_SECONDS = 0.001
_DEPTH = "transaction_depth"

Id = BigInteger().with_variant(Integer, "sqlite")
"""The type of primary and foreign keys: 64 bits, and SQLite's own row number there."""


def insert_into(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, which each kind of store has of its own."""
    on_postgresql = session.connection().dialect.name == "postgresql"
    return postgresql.insert(table) if on_postgresql else sqlite.insert(table)


def new_id() -> int:
    """A random positive 63-bit key: says nothing about when or how many."""
    return secrets.randbits(63) or 1


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, zone-less UTC in the store. Raises ValueError for a naive time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must know its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Root of the shop's models, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class IdMixin:
    """A random primary key, known from construction on, so that encryption can bind it."""

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", new_id())
        super().__init__(**values)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class WriteOutsideTransaction(RuntimeError):
    """Something wrote to the shop store outside `transaction()`."""


@contextmanager
def transaction(session: Session | None = None) -> Iterator[Session]:
    """One write transaction on the shop store: all or nothing. Nested use joins the outer one.

    What the session had loaded before is read afresh inside, so a rule never decides on a stale row.
    """
    session = session or db.session()
    depth = session.info.get(_DEPTH, 0)
    if depth:
        session.info[_DEPTH] = depth + 1
        try:
            yield session
        finally:
            session.info[_DEPTH] = depth
        return
    session.expire_all()
    connection = session.connection()
    with _turn_to_write(connection):
        _begin_writing(connection)
        session.info[_DEPTH] = 1
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info[_DEPTH] = 0


def _turn_to_write(connection: Connection) -> AbstractContextManager[None]:
    """Among the threads of this process, once there is a connection; other stores have no single write lock."""
    on_sqlite = connection.dialect.name == "sqlite"
    return turns_at(str(connection.engine.url)).turn(TURN_SECONDS) if on_sqlite else nullcontext()


def _begin_writing(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _begin_immediate(connection)


def _begin_immediate(connection: Connection) -> None:
    """Take SQLite's one write lock, asking for it each millisecond for as long as anything here waits for a lock.

    SQLite's own waiting sleeps up to a tenth of a second at a time, and the lock lies free meanwhile. Raises
    OperationalError in the end.
    """
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_TIMEOUT_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(ASK_AGAIN_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try: what it raises is SQLAlchemy's own error
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")


def _refuse_unless_writing(session: Session) -> None:
    if not session.info.get(_DEPTH):
        raise WriteOutsideTransaction("write to the shop store inside `with transaction():`")


@event.listens_for(Session, "before_flush")
def _flush_only_inside(session: Session, *_: Any) -> None:
    if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
        _refuse_unless_writing(session)


@event.listens_for(Session, "do_orm_execute")
def _execute_writes_only_inside(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _refuse_unless_writing(state.session)


def engine_options(url: str) -> dict[str, Any]:
    """Options for an engine on `url`; SQLite connections are opened in driver autocommit (see module)."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}}
    return {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}


def open_engine(url: str | URL, *, durable: bool = True) -> Engine:
    """An engine for a store beside the shop store, with the same SQLite settings."""
    engine = create_engine(url, **engine_options(str(url)))
    prepare_engine(engine, durable=durable)
    return engine


def prepare_engine(engine: Engine, *, durable: bool = True) -> None:
    """Settle SQLite's modes on each new connection. Other engines need nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite(durable))


def _configure_sqlite(durable: bool) -> Any:
    def configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        cursor.close()

    return configure


def checkpoint(engine: Engine) -> None:
    """Fold SQLite's write-ahead log back into the file. The worker alone calls this (DESIGN.md 2)."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
