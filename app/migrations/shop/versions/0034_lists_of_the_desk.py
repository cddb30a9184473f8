"""lists of the desk read their first page out of an index, however much there is

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ADDED = (
    ("orders", ("state", "placed_at")),
    ("refunds", ("asked_at",)),
    ("gateway_messages", ("received_at",)),
    ("ledger_entries", ("at",)),
)
BY_URGENCY = (sa.text("(closed_at IS NOT NULL)"), sa.text("(deadline_at IS NULL)"), "deadline_at")
HAD_REST, HAS_REST = sa.text("applied + returned < amount"), sa.text("amount > applied + returned")


def upgrade() -> None:
    for table, columns in ADDED:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.create_index("after_sales_by_urgency", "after_sales_cases", BY_URGENCY)
    _index_rests(HAS_REST)


def downgrade() -> None:
    _index_rests(HAD_REST)
    op.drop_index("after_sales_by_urgency", "after_sales_cases")
    for table, columns in ADDED:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)


def _index_rests(having: sa.TextClause) -> None:
    """SQLite uses an index of some rows only for a condition that is written like the index's own."""
    op.drop_index("unapplied_receipts", "receipts")
    op.create_index("unapplied_receipts", "receipts", ["recorded_at"], sqlite_where=having, postgresql_where=having)
