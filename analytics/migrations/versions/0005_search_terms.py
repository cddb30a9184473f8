"""Search terms by day and language, above their floor."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terms",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("term", sa.String(40), nullable=False),
        sa.Column("browsers", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "language", "term"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("terms")
