"""Whom promotions reached, by coarse classes, and what was released of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _audience_table(name: str, count: str) -> None:
    op.create_table(
        name,
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cut", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("a", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(count, sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cut", "day", "campaign", "a"),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    _audience_table("promotion_audience", "happened")
    _audience_table("promotion_audience_releases", "released")


def downgrade() -> None:
    op.drop_table("promotion_audience_releases")
    op.drop_table("promotion_audience")
