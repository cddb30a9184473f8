"""our account for remittances

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS_ALONE = sa.text("state IN ('proposed', 'in_force')")


def upgrade() -> None:
    op.create_table(
        "payee_accounts",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(length=34), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_accounts")),
    )
    op.create_index(
        "lone_payee_accounts",
        "payee_accounts",
        ["state"],
        unique=True,
        sqlite_where=STANDS_ALONE,
        postgresql_where=STANDS_ALONE,
    )


def downgrade() -> None:
    op.drop_table("payee_accounts")
