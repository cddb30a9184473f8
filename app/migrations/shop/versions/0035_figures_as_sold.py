"""order lines keep condition, hashrate and power as sold

Revision: 0035, after 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ADDED = (
    ("condition", "VARCHAR(5)"),
    ("hashrate", "BIGINT"),
    ("hashrate_unit", "VARCHAR(8)"),
    ("power_mw", "BIGINT"),
)


def upgrade() -> None:
    """Lines of before get what their SKU says today: nobody wrote down what it said then."""
    for column, kind in ADDED:
        op.execute(f"ALTER TABLE order_lines ADD COLUMN {column} {kind}")
        of_today = f"SELECT skus.{column} FROM skus WHERE skus.id = order_lines.sku_id"  # noqa: S608  # nosec B608 - our own names
        op.execute(f"UPDATE order_lines SET {column} = ({of_today})")  # noqa: S608  # nosec B608


def downgrade() -> None:
    for column, _ in reversed(ADDED):
        op.execute(f"ALTER TABLE order_lines DROP COLUMN {column}")
