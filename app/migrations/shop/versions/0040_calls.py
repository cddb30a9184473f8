"""calls at the hotline in which the caller proved to be a member

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "support_calls",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_calls")),
    )
    for column in ("account_id", "began_at", "by"):
        op.create_index(op.f(f"ix_support_calls_{column}"), "support_calls", [column])


def downgrade() -> None:
    op.drop_table("support_calls")
