"""orders without their person, and the closing of accounts

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = "ix_orders_anonymised_at_province"
ADDED = (("anonymised_at", "TIMESTAMP"), ("province", "VARCHAR(20)"), ("kind", "VARCHAR(40)"))


def upgrade() -> None:
    for column, kind in ADDED:
        op.execute(f"ALTER TABLE orders ADD COLUMN {column} {kind}")
    op.create_index(op.f(INDEX), "orders", ["anonymised_at", "province"])
    _let_account_be_empty(True)
    op.create_table(
        "anonymous_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("moment", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "moment", "slug", name=op.f("pk_anonymous_days")),
    )
    op.create_table(
        "closures",
        sa.Column("account_id", ID, nullable=True),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.Column("obstacles", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("erased", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("farewell_subject", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_closures_account_id"), ["account_id"])
        batch_op.create_index(op.f("ix_closures_audit_ref"), ["audit_ref"])
        batch_op.create_index(op.f("ix_closures_state_due_at"), ["state", "due_at"])
    op.create_table(
        "holds",
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("ground", sa.String(length=12), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("copy", sa.String(length=32), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_holds_audit_ref"), ["audit_ref"])
        batch_op.create_index(op.f("ix_holds_until"), ["until"])
    op.create_table(
        "resting_names",
        sa.Column("name_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resting_names")),
        sa.UniqueConstraint("name_key", name=op.f("uq_resting_names_name_key")),
    )
    with op.batch_alter_table("resting_names", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_resting_names_until"), ["until"])


def downgrade() -> None:
    """Orders that became anonymous have no buyer to be given back to: they must not be there."""
    for table in ("resting_names", "holds", "closures"):
        op.drop_table(table)
    op.drop_table("anonymous_days")
    _let_account_be_empty(False)
    op.drop_index(op.f(INDEX), "orders")
    for column, _ in reversed(ADDED):
        op.execute(f"ALTER TABLE orders DROP COLUMN {column}")


def _let_account_be_empty(may_be: bool) -> None:
    """Whether an order may have no account.

    SQLite cannot change that of a column, and copying the table would lose its checks; so its definition is edited in
    place, as SQLite's own manual allows for constraints that do not change how rows are stored.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("orders", "account_id", existing_type=ID, nullable=may_be)
        return
    there, wanted = ("account_id INTEGER NOT NULL", "account_id INTEGER")
    old, new = (there, wanted) if may_be else (wanted, there)
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema=ON")
    definition = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'orders'"
    op.get_bind().exec_driver_sql(definition, (old, new))
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")
