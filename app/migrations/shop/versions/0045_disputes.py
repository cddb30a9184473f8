"""disputes, their other side, what was written, links

Revision: 0045, after 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("about_kind", sa.String(length=6), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("undertaking", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("contact_at", sa.DateTime(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("finding", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("number", name=op.f("uq_disputes_number")),
    )
    op.create_index(op.f("ix_disputes_account_id_begun_at"), "disputes", ["account_id", "begun_at"])
    op.create_index(op.f("ix_disputes_ended_at"), "disputes", ["ended_at"])
    op.create_index(op.f("ix_disputes_expires_at"), "disputes", ["expires_at"])
    op.create_index(op.f("ix_disputes_state_sent_at"), "disputes", ["state", "sent_at"])
    op.create_index(op.f("ix_disputes_subject_id"), "disputes", ["subject_id"])
    op.create_table(
        "dispute_entries",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_entries_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_entries")),
    )
    op.create_index(op.f("ix_dispute_entries_dispute_id"), "dispute_entries", ["dispute_id"])
    op.create_index(op.f("ix_dispute_entries_subject_id"), "dispute_entries", ["subject_id"])
    op.create_table(
        "dispute_links",
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_links_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_links")),
    )
    op.create_index(op.f("ix_dispute_links_dispute_id"), "dispute_links", ["dispute_id"])
    op.create_table(
        "dispute_sides",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("undertaking", sa.String(length=64), nullable=True),
        sa.Column("contact_at", sa.DateTime(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("mobile", sa.LargeBinary(), nullable=False),
        sa.Column("signed_name", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_sides_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_sides")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_dispute_sides_dispute_id")),
    )
    op.create_index(op.f("ix_dispute_sides_subject_id"), "dispute_sides", ["subject_id"])


def downgrade() -> None:
    op.drop_table("dispute_sides")
    op.drop_table("dispute_links")
    op.drop_table("dispute_entries")
    op.drop_table("disputes")
