"""Alembic's entry: migrates the store whose address the caller hands in as config.attributes["url"]."""

from alembic import context

from analytics.store import engine_of, metadata

engine = engine_of(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
