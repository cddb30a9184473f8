"""agreements and assessments of recipients, consents to share, and what a disclosure rests on

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("basis", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("agreement", ID, nullable=True))
        batch_op.add_column(sa.Column("until", sa.DateTime(), nullable=True))
    op.create_table(
        "recipient_agreements",
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("scan_hash", sa.String(length=64), nullable=False),
        sa.Column("instructions", sa.String(length=20), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        *decisions(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_agreements")),
    )
    op.create_index(op.f("ix_recipient_agreements_recipient"), "recipient_agreements", ["recipient"])
    op.create_table(
        "impact_assessments",
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("report_hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=6), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        *decisions(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_assessments")),
    )
    op.create_index(op.f("ix_impact_assessments_recipient"), "impact_assessments", ["recipient"])
    op.create_table(
        "share_consents",
        sa.Column("account_ref", ID, nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_consents")),
    )
    op.create_index(op.f("ix_share_consents_account_ref"), "share_consents", ["account_ref"])
    op.create_index(
        "live_share_consents", "share_consents", ["account_ref", "recipient", "purpose"],
        unique=True, sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip


def decisions() -> list[sa.Column]:
    """Who recorded a paper and who decided about it."""
    return [
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("share_consents")
    op.drop_table("impact_assessments")
    op.drop_table("recipient_agreements")
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.drop_column("until")
        batch_op.drop_column("agreement")
        batch_op.drop_column("basis")
