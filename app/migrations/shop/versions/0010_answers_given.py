"""answers given to forms, by which one that is sent twice is done once

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answers_given",
        sa.Column("who", ID, autoincrement=False, nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("who", "nonce", name=op.f("pk_answers_given")),
    )
    op.create_index(op.f("ix_answers_given_at"), "answers_given", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_answers_given_at"), table_name="answers_given")
    op.drop_table("answers_given")
