"""walks along the ledger's chain, and its entries by event and time

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_EVENT, BY_EVENT_AND_TIME = "ix_ledger_entries_event", "ix_ledger_entries_event_at"


def upgrade() -> None:
    op.create_table(
        "ledger_checks",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("broken_at", sa.Integer(), nullable=True),
        sa.Column("strange_head", sa.Integer(), nullable=True),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("loose", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("heads_problem", sa.String(length=100), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checks")),
    )
    op.create_index(op.f("ix_ledger_checks_at"), "ledger_checks", ["at"])
    op.create_table(
        "ledger_waiting",
        sa.Column("entry_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_waiting_entry_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_waiting")),
    )
    op.execute(
        "INSERT INTO ledger_waiting (entry_id) SELECT ledger_entries.id FROM ledger_entries LEFT JOIN ledger_links "
        "ON ledger_links.entry_id = ledger_entries.id WHERE ledger_links.number IS NULL"
    )
    op.create_index(BY_EVENT_AND_TIME, "ledger_entries", ["event", "at"])
    op.drop_index(op.f(BY_EVENT), "ledger_entries")


def downgrade() -> None:
    op.create_index(op.f(BY_EVENT), "ledger_entries", ["event"])
    op.drop_index(BY_EVENT_AND_TIME, "ledger_entries")
    op.drop_table("ledger_waiting")
    op.drop_table("ledger_checks")
