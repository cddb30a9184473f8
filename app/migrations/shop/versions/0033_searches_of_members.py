"""what members searched for, sealed, and who switched that off

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "searched_terms",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("term_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searched_terms")),
    )
    op.create_index("ix_searched_terms_at", "searched_terms", ["at"])
    op.create_index("uq_searched_terms_subject_id_term_key", "searched_terms", ["subject_id", "term_key"], unique=True)
    op.create_table(
        "searches_not_kept",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_searches_not_kept_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_searches_not_kept")),
    )


def downgrade() -> None:
    op.drop_table("searches_not_kept")
    op.drop_table("searched_terms")
