"""requests of research institutions

Revision: 0050, after 0049
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "research_requests",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key_id", ID, nullable=False),
        sa.Column("institution", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("document_file", sa.String(length=32), nullable=False),
        sa.Column("agreement", sa.String(length=64), nullable=False),
        sa.Column("agreement_file", sa.String(length=32), nullable=False),
        sa.Column("agreement_ends_on", sa.Date(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("first_at", UtcDateTime(), nullable=True),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why_ended", sa.Text(), nullable=False),
        sa.Column("terms", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("result_file", sa.String(length=32), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_requests")),
    )
    op.create_index(op.f("ix_research_requests_number"), "research_requests", ["number"], unique=True)
    op.create_index(op.f("ix_research_requests_state_asked_at"), "research_requests", ["state", "asked_at"])
    op.create_index(op.f("ix_research_requests_asked_at"), "research_requests", ["asked_at"])
    op.create_index(op.f("ix_research_requests_expires_at"), "research_requests", ["expires_at"])
    op.create_index(op.f("ix_research_requests_ended_at"), "research_requests", ["ended_at"])


def downgrade() -> None:
    op.drop_table("research_requests")
