"""transfers, and whom each concerns

Revision: 0049, after 0048
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "transfer_cases",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("document_file", sa.String(length=32), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("public_key", sa.String(length=100), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("first_at", UtcDateTime(), nullable=True),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why_ended", sa.Text(), nullable=False),
        sa.Column("is_package_kept", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("barred_until", sa.Date(), nullable=True),
        sa.Column("bar_basis", sa.String(length=200), nullable=False),
        sa.Column("agreement", sa.String(length=10), nullable=False),
        sa.Column("agreement_version", sa.String(length=20), nullable=False),
        sa.Column("clause", sa.String(length=20), nullable=False),
        sa.Column("undertaking_digest", sa.String(length=64), nullable=True),
        sa.Column("undertaking_file", sa.String(length=32), nullable=True),
        sa.Column("undertaken_from", sa.Date(), nullable=True),
        sa.Column("undertaken_to", sa.Date(), nullable=True),
        sa.Column("all_told_at", UtcDateTime(), nullable=True),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_cases")),
    )
    op.create_index(op.f("ix_transfer_cases_number"), "transfer_cases", ["number"], unique=True)
    op.create_index(op.f("ix_transfer_cases_state_asked_at"), "transfer_cases", ["state", "asked_at"])
    op.create_index(op.f("ix_transfer_cases_expires_at"), "transfer_cases", ["expires_at"])
    op.create_index(op.f("ix_transfer_cases_ended_at"), "transfer_cases", ["ended_at"])
    op.create_table(
        "transfer_persons",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("terms", sa.String(length=200), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["transfer_cases.id"], name=op.f("fk_transfer_persons_case_id_transfer_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_persons")),
        sa.UniqueConstraint("case_id", "audit_ref", name=op.f("uq_transfer_persons_case_id_audit_ref")),
    )
    op.create_index(op.f("ix_transfer_persons_audit_ref"), "transfer_persons", ["audit_ref"])
    op.create_index(op.f("ix_transfer_persons_case_id_part"), "transfer_persons", ["case_id", "part"])


def downgrade() -> None:
    op.drop_table("transfer_persons")
    op.drop_table("transfer_cases")
