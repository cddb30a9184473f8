"""refunds, what they take off orders and lines, and the money that goes back

Going back loses refunds and payouts, and with them that orders cost less: it is for a store without refunds.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTED = "INTEGER DEFAULT 0 NOT NULL"
SUMMED = "BIGINT DEFAULT 0 NOT NULL"
ADDED = (
    (
        "orders",
        "promised",
        f"{SUMMED} CONSTRAINT ck_orders_gives_back_what_was_paid CHECK (0 <= promised AND refunded + promised <= paid)",
    ),
    (
        "orders",
        "reduced",
        f"{SUMMED} CONSTRAINT ck_orders_reduced_within_total CHECK (0 <= reduced AND reduced <= total) "
        "CONSTRAINT ck_orders_keeps_what_it_costs CHECK (paid - refunded - promised <= total - reduced)",
    ),
    (
        "order_parts",
        "freight_claimed",
        f"{SUMMED} CONSTRAINT ck_order_parts_freight_claimed_within_freight "
        "CHECK (0 <= freight_claimed AND freight_claimed <= freight)",
    ),
    ("order_lines", "halted", COUNTED),
    (
        "order_lines",
        "called_off",
        f"{COUNTED} CONSTRAINT ck_order_lines_ships_what_is_wanted "
        "CHECK (halted >= 0 AND called_off >= 0 AND shipped + halted + called_off <= quantity)",
    ),
    (
        "order_lines",
        "returned",
        f"{COUNTED} CONSTRAINT ck_order_lines_returns_what_left CHECK (0 <= returned AND returned <= shipped)",
    ),
    (
        "order_lines",
        "came_back",
        f"{COUNTED} CONSTRAINT ck_order_lines_only_what_left_comes_back "
        "CHECK (0 <= came_back AND came_back <= shipped)",
    ),
    (
        "order_lines",
        "claimed",
        f"{SUMMED} CONSTRAINT ck_order_lines_claimed_within_amount CHECK (0 <= claimed AND claimed <= amount)",
    ),
    (
        "receipts",
        "returned",
        f"{SUMMED} CONSTRAINT ck_receipts_returned_within_rest CHECK (0 <= returned AND applied + returned <= amount)",
    ),
    (
        "allocations",
        "returned",
        f"{SUMMED} CONSTRAINT ck_allocations_returned_within_amount CHECK (0 <= returned AND returned <= amount)",
    ),
)
"""Written out, because SQLite would lose the tables' other checks if the tool copied them."""
HAD_REST, HAS_REST = sa.text("applied < amount"), sa.text("applied + returned < amount")
FORGET_EVENTS = """
    DELETE FROM order_events WHERE name IN
    ('refund_asked', 'refund_approved', 'refund_refused', 'refund_paid', 'call_off', 'call_off_rest')
"""


def upgrade() -> None:
    for table, column, kind in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    _index_rests(HAS_REST)
    op.create_table(
        "refund_payees",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("bank", sa.LargeBinary(), nullable=False),
        sa.Column("account_number", sa.LargeBinary(), nullable=False),
        sa.Column("is_of_company", sa.Boolean(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_payees")),
    )
    op.create_table(
        "refunds",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("receipt_id", ID, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("pays_back", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", ID, nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_as", sa.String(length=20), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("(order_id IS NULL) <> (receipt_id IS NULL)", name=op.f("ck_refunds_of_order_or_receipt")),
        sa.CheckConstraint("0 <= pays_back AND pays_back <= amount", name=op.f("ck_refunds_pays_back_within_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_refunds_receipt_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["refund_payees.id"], name=op.f("fk_refunds_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("number", name=op.f("uq_refunds_number")),
    )
    _indexes("refunds", ["order_id"], ["receipt_id"], ["state", "asked_at"], ["paid_at"])
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity >= 0 AND amount >= 0", name=op.f("ck_refund_lines_not_negative")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_refund_lines_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_lines")),
        sa.UniqueConstraint("refund_id", "line_id", name=op.f("uq_refund_lines_refund_id_line_id")),
    )
    _indexes("refund_lines", ["line_id"])
    op.create_table(
        "refund_freight",
        sa.Column("refund_id", ID, nullable=False),
        sa.Column("part_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_freight_amount_is_money")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_freight_refund_id")),
        sa.ForeignKeyConstraint(["part_id"], ["order_parts.id"], name=op.f("fk_refund_freight_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_freight")),
        sa.UniqueConstraint("refund_id", "part_id", name=op.f("uq_refund_freight_refund_id_part_id")),
    )
    _indexes("refund_freight", ["part_id"])
    op.create_table(
        "payouts",
        sa.Column("refund_id", ID, nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("paid_by", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount_is_money")),
        sa.CheckConstraint("(paid_at IS NULL) = (reference IS NULL)", name=op.f("ck_payouts_paid_under_a_number")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_payouts_refund_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_payouts_receipt_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payouts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("refund_id", "receipt_id", name=op.f("uq_payouts_refund_id_receipt_id")),
        sa.UniqueConstraint("way", "reference", name=op.f("uq_payouts_way_reference")),
    )
    _indexes("payouts", ["receipt_id"], ["order_id"], ["paid_at"])


def downgrade() -> None:
    for table in ("payouts", "refund_freight", "refund_lines", "refunds", "refund_payees"):
        op.drop_table(table)
    op.execute(FORGET_EVENTS)
    _index_rests(HAD_REST)
    for table, column, _ in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _index_rests(which: sa.TextClause) -> None:
    op.drop_index("unapplied_receipts", "receipts")
    op.create_index("unapplied_receipts", "receipts", ["recorded_at"], sqlite_where=which, postgresql_where=which)


def _indexes(table: str, *columns: list[str]) -> None:
    for names in columns:
        op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, names)
