"""terms of futures, and what orders of them promise

Going back loses the terms: deposits stand with the orders, and the tables before had no place for what was promised.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FIGURES = ("deposit_percent", "balance_days", "grace_days", "daily_bp", "cap_percent")
ADDED = (
    ("skus", "futures_terms_id", "INTEGER CONSTRAINT fk_skus_futures_terms_id REFERENCES futures_terms (id)"),
    ("order_parts", "terms_id", "INTEGER CONSTRAINT fk_order_parts_terms_id REFERENCES futures_terms (id)"),
    ("order_parts", "late_from", "TIMESTAMP"),
    ("orders", "balance_due_on", "DATE"),
    ("orders", "balance_reminded_at", "TIMESTAMP"),
)
"""Written out, because SQLite would lose the tables' checks if the tool copied them."""
INDEXED = (("order_parts", "late_from"), ("orders", "balance_due_on"))


def upgrade() -> None:
    op.create_table(
        "futures_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in FIGURES),
        sa.CheckConstraint(
            "deposit_percent BETWEEN 1 AND 100 AND cap_percent BETWEEN 0 AND 100",
            name=op.f("ck_futures_terms_percentages"),
        ),
        sa.CheckConstraint(
            "balance_days >= 0 AND grace_days >= 0 AND daily_bp >= 0", name=op.f("ck_futures_terms_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_futures_terms")),
        sa.UniqueConstraint(*FIGURES, name=op.f(f"uq_futures_terms_{'_'.join(FIGURES)}")),
    )
    for table, column, kind in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for table, column in INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, column, _ in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("futures_terms")
