"""how often personal fields are read for each purpose, by day

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("on_ledger", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "purpose", "field", name=op.f("pk_reading_counts")),
    )


def downgrade() -> None:
    op.drop_table("reading_counts")
