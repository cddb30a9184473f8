"""statements of the bank, their rows, and what waits for a second person

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("second_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "statement_shapes",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_statement_shapes")),
    )
    op.create_table(
        "statements",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("file", sa.String(length=32), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("outgoing", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_forgotten_at"), ["forgotten_at"], unique=False)
    op.create_table(
        "bank_rows",
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("payer", sa.LargeBinary(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("payer_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("receipt_id", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_rows_amount_is_money")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_bank_rows_receipt_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_bank_rows_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_rows")),
        sa.UniqueConstraint("digest", name=op.f("uq_bank_rows_digest")),
    )
    with op.batch_alter_table("bank_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_rows_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_rows_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_rows_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_rows_state_day"), ["state", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_rows_day"), ["day"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("spread", sa.JSON(), nullable=False),
        sa.Column("takes_all", sa.Boolean(), nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("second_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index(
            "open_approvals", ["channel", "reference"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
        )


def downgrade() -> None:
    for table in ("approvals", "bank_rows", "statements", "statement_shapes"):
        op.drop_table(table)
