"""a case knows the one that it was split off

Revision: 0036, after 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEYS = {"sqlite": "INTEGER", "postgresql": "BIGINT"}
NAME = "fk_after_sales_cases_split_from"


def upgrade() -> None:
    key = KEYS[op.get_bind().dialect.name]
    op.execute(
        f"ALTER TABLE after_sales_cases ADD COLUMN split_from {key} CONSTRAINT {NAME} REFERENCES after_sales_cases (id)"
    )
    op.create_index(op.f("ix_after_sales_cases_split_from"), "after_sales_cases", ["split_from"])


def downgrade() -> None:
    op.drop_index(op.f("ix_after_sales_cases_split_from"), "after_sales_cases")
    op.execute("ALTER TABLE after_sales_cases DROP COLUMN split_from")
