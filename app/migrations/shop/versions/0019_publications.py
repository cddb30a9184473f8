"""publications of the policy

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("state <> 'withdrawn'")
WAITS = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "policy_publications",
        sa.Column("document", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("change_class", sa.String(length=9), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("operator", sa.JSON(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("first_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_publications")),
    )
    op.create_index(
        "lone_publications", "policy_publications", ["document", "version"], unique=True,
        sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip
    op.create_index(
        "lone_proposals", "policy_publications", ["document"], unique=True, sqlite_where=WAITS, postgresql_where=WAITS
    )
    with op.batch_alter_table("policy_acceptances") as table:
        table.add_column(sa.Column("document", sa.String(length=10), nullable=False, server_default="policy"))
    with op.batch_alter_table("policy_acceptances") as table:
        table.alter_column("document", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("policy_acceptances") as table:
        table.drop_column("document")
    op.drop_table("policy_publications")
