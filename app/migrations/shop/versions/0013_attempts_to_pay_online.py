"""attempts to pay online, and what the institution said about them

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "payment_attempts",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("oid", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("next_ask_at", sa.DateTime(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_attempts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint("oid", name=op.f("uq_payment_attempts_oid")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_payment_attempts_order_id_number")),
    )
    op.create_index(op.f("ix_payment_attempts_next_ask_at"), "payment_attempts", ["next_ask_at"])
    op.create_table(
        "gateway_messages",
        sa.Column("came_by", sa.String(length=6), nullable=False),
        sa.Column("v_oid", sa.String(length=64), nullable=False),
        sa.Column("v_pstatus", sa.String(length=64), nullable=False),
        sa.Column("v_amount", sa.String(length=64), nullable=False),
        sa.Column("v_moneytype", sa.String(length=64), nullable=False),
        sa.Column("v_md5str", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("seen_by", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_messages")),
    )
    op.create_index(op.f("ix_gateway_messages_v_oid"), "gateway_messages", ["v_oid"])
    op.create_index(op.f("ix_gateway_messages_verdict_received_at"), "gateway_messages", ["verdict", "received_at"])


def downgrade() -> None:
    op.drop_table("gateway_messages")
    op.drop_table("payment_attempts")
