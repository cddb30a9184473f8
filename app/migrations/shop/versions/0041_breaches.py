"""breaches and who was affected by them

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "breaches",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("reader", ID, nullable=True),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("to_at", sa.DateTime(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
    )
    op.create_index(op.f("ix_breaches_number"), "breaches", ["number"], unique=True)
    op.create_index(op.f("ix_breaches_released_at"), "breaches", ["released_at"])
    op.create_table(
        "breach_persons",
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.id"], name=op.f("fk_breach_persons_breach_id_breaches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_persons")),
        sa.UniqueConstraint("breach_id", "audit_ref", name=op.f("uq_breach_persons_breach_id_audit_ref")),
    )
    op.create_index(op.f("ix_breach_persons_breach_id"), "breach_persons", ["breach_id"])
    op.create_index(op.f("ix_breach_persons_audit_ref"), "breach_persons", ["audit_ref"])


def downgrade() -> None:
    op.drop_table("breach_persons")
    op.drop_table("breaches")
