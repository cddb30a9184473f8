"""orders that wait for a person's look

Revision: 0021, after 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}
ADDED = {
    "check_state": "VARCHAR(10)",
    "check_reasons": "VARCHAR(60) DEFAULT '' NOT NULL",
    "checked_at": "TIMESTAMP",
}
"""Written out, because SQLite would lose the tables' checks if the tool copied them."""


def upgrade() -> None:
    op.execute(f"ALTER TABLE orders ADD COLUMN address_key {BYTES[op.get_bind().dialect.name]}")
    for column, kind in ADDED.items():
        op.execute(f"ALTER TABLE orders ADD COLUMN {column} {kind}")
    op.create_index(op.f("ix_orders_check_state_placed_at"), "orders", ["check_state", "placed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_check_state_placed_at"), "orders")
    for column in ("address_key", *ADDED):
        op.execute(f"ALTER TABLE orders DROP COLUMN {column}")
