"""Times to answer as distributions, and faults by their place."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timings",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("page_kind", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("answers", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "faults",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fault", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hits", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("faults")
    op.drop_table("timings")
