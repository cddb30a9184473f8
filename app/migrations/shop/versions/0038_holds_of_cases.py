"""holds name the case because of which they stand

Revision: 0038, after 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("case_number", sa.String(length=24), nullable=True))
    op.create_index(op.f("ix_holds_case_number"), "holds", ["case_number"])


def downgrade() -> None:
    op.drop_index(op.f("ix_holds_case_number"), table_name="holds")
    op.drop_column("holds", "case_number")
