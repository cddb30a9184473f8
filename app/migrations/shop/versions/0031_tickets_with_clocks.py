"""tickets have a number, a kind, warnings, a holding answer and a second review

Revision: 0031, after 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ADDED = (
    ("number", "VARCHAR(24) NOT NULL DEFAULT ''"),
    ("kind", "VARCHAR(10) NOT NULL DEFAULT 'question'"),
    ("language", "VARCHAR(5) NOT NULL DEFAULT 'zh-cn'"),
    ("warnings", "INTEGER NOT NULL DEFAULT 0"),
    ("answer_seconds", "INTEGER"),
    ("held_at", "{moment}"),
    ("promised_at", "{moment}"),
    ("reviews_id", "{key}"),
    ("not_by", "{key}"),
)
TYPES = {
    "sqlite": {"moment": "DATETIME", "key": "INTEGER"},
    "postgresql": {"moment": "TIMESTAMP", "key": "BIGINT"},
}
INDEXES = ("number", "reviews_id")
SECONDS = {
    "sqlite": "UPDATE support_tickets SET answer_seconds = "
    "CAST(ROUND((julianday(answered_at) - julianday(opened_at)) * 86400) AS INTEGER)",
    "postgresql": "UPDATE support_tickets SET answer_seconds = "
    "CAST(EXTRACT(EPOCH FROM answered_at - opened_at) AS INTEGER)",
}


def upgrade() -> None:
    """Questions of before get a number from their random key; their clocks have run since they came."""
    dialect = op.get_bind().dialect.name
    types = TYPES[dialect]
    for column, kind in ADDED:
        op.execute(f"ALTER TABLE support_tickets ADD COLUMN {column} {kind.format(**types)}")
    op.execute("UPDATE support_tickets SET number = 'W' || CAST(id AS VARCHAR(20))")
    op.execute(SECONDS[dialect])
    for column in INDEXES:
        op.create_index(op.f(f"ix_support_tickets_{column}"), "support_tickets", [column], unique=True)


def downgrade() -> None:
    for column in INDEXES:
        op.drop_index(op.f(f"ix_support_tickets_{column}"), "support_tickets")
    for column, _ in reversed(ADDED):
        op.execute(f"ALTER TABLE support_tickets DROP COLUMN {column}")
