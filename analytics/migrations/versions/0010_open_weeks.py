"""The weeks that everybody may read, released once each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_weeks",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("views", "visits", "visitors")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("open_weeks")
