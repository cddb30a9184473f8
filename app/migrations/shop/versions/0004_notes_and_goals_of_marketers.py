"""notes and goals of marketers

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marketing_goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_goals")),
    )
    op.create_table(
        "marketing_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_notes")),
    )
    with op.batch_alter_table("marketing_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marketing_notes_day"), ["day"], unique=False)


def downgrade() -> None:
    op.drop_table("marketing_notes")
    op.drop_table("marketing_goals")
