"""Runs the migrations of one store of the shop; the caller hands in address, tables and the way to open an engine."""

from alembic import context
from sqlalchemy.types import TypeDecorator

config = context.config
engine = config.attributes["open_engine"](config.attributes["url"])


def include(item, name, kind, reflected, compare_to):  # type: ignore[no-untyped-def]
    """Leave out what only exists inside SQLite itself."""
    return not (kind == "table" and name.startswith("sqlite_"))


def render_plain(kind, item, autogen_context):  # type: ignore[no-untyped-def]
    """Write our column types as what they are in the store, so that a migration needs nothing of the shop."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=config.attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=include,
        compare_type=False,
        render_item=render_plain,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
