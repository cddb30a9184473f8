"""Runs the migrations of one store; the caller hands in address, tables and the way to open an engine."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def migrate() -> None:
    """Bring the store of Alembic's present configuration to the revision asked for."""
    attributes = context.config.attributes
    engine = attributes["open_engine"](attributes["url"])
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=attributes["metadata"],
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
            render_item=_render_plain,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


def _render_plain(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our column types as what they are in the store, so that a migration needs nothing of the shop."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False
