"""cuts of the ledger, and what a walk along it found of them

Revision: 0047, after 0046
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_cuts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_cuts")),
    )
    with op.batch_alter_table("ledger_checks") as checks:
        checks.add_column(sa.Column("cut", sa.Integer(), nullable=False, server_default="0"))
        checks.add_column(sa.Column("strange_cut", sa.Integer(), nullable=True))
        checks.add_column(sa.Column("uncut", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("ledger_checks") as checks:
        for column in ("cut", "uncut"):
            checks.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("ledger_checks") as checks:
        for column in ("uncut", "strange_cut", "cut"):
            checks.drop_column(column)
    op.drop_table("ledger_cuts")
