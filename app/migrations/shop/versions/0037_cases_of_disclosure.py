"""cases of disclosure and whom they are about

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "disclosure_cases",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key_id", ID, nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why_not_sums", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("document_file", sa.String(length=32), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("public_key", sa.String(length=100), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("narrowed_at", sa.DateTime(), nullable=True),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("first_at", sa.DateTime(), nullable=True),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("second_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("why_ended", sa.Text(), nullable=False),
        sa.Column("review_due_at", sa.DateTime(), nullable=True),
        sa.Column("reviewed_by", ID, nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("barred_until", sa.Date(), nullable=True),
        sa.Column("bar_basis", sa.String(length=200), nullable=False),
        sa.Column("is_package_kept", sa.Boolean(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_cases")),
    )
    _indexes("disclosure_cases", {"number": True, "expires_at": False, "ended_at": False, "barred_until": False})
    op.create_index(op.f("ix_disclosure_cases_state_asked_at"), "disclosure_cases", ["state", "asked_at"])
    op.create_table(
        "disclosure_persons",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("terms", sa.String(length=200), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["disclosure_cases.id"], name=op.f("fk_disclosure_persons_case_id_disclosure_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_persons")),
        sa.UniqueConstraint("case_id", "audit_ref", name=op.f("uq_disclosure_persons_case_id_audit_ref")),
    )
    _indexes("disclosure_persons", {"case_id": False, "audit_ref": False})


def downgrade() -> None:
    op.drop_table("disclosure_persons")
    op.drop_table("disclosure_cases")


def _indexes(table: str, columns: dict[str, bool]) -> None:
    for column, unique in columns.items():
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=unique)
