"""Alembic's entry."""

from app.migrations.environment import migrate

migrate()
