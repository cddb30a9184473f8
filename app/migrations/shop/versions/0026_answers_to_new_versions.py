"""acknowledgements and deliveries of new versions

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "policy_acknowledgements",
        sa.Column("account_ref", ID, nullable=False),
        sa.Column("document", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_acknowledgements")),
        sa.UniqueConstraint(
            "account_ref", "document", "version", name=op.f("uq_policy_acknowledgements_account_ref_document_version")
        ),
    )  # fmt: skip
    op.create_table(
        "policy_deliveries",
        sa.Column("account_ref", ID, nullable=False),
        sa.Column("document", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_deliveries")),
        sa.UniqueConstraint(
            "account_ref", "document", "version", "channel",
            name=op.f("uq_policy_deliveries_account_ref_document_version_channel"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("policy_deliveries")
    op.drop_table("policy_acknowledgements")
