"""months of futures that moved away

Revision: 0028, after 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE order_parts ADD COLUMN expected_month VARCHAR(7)")


def downgrade() -> None:
    op.execute("ALTER TABLE order_parts DROP COLUMN expected_month")
