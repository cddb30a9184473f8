"""search tallies, and prices by day

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_tallies",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("browsers", sa.Integer(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "language", "term", name=op.f("pk_search_tallies")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sku_prices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sku_prices_since"), ["since"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sku_prices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sku_prices_since"))
    op.drop_table("search_tallies")
