"""stock movements by time, for the ledger over all SKUs

Revision: 0016, after 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = "ix_stock_movements_at"


def upgrade() -> None:
    op.create_index(op.f(NAME), "stock_movements", ["at"])


def downgrade() -> None:
    op.drop_index(op.f(NAME), "stock_movements")
