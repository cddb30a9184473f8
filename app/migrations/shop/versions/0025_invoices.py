"""titles, invoices and red-letter invoices

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_LIVE = sa.text("state IN ('applied', 'issued')")


def upgrade() -> None:
    op.create_table(
        "invoice_documents",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("number", sa.String(length=21), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", ID, nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_documents_number")),
    )
    with op.batch_alter_table("invoice_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_documents_issued_on"), ["issued_on"], unique=False)

    op.create_table(
        "invoice_titles",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invoice_titles_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_titles")),
    )
    with op.batch_alter_table("invoice_titles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_titles_account_id"), ["account_id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("is_declared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("tax", sa.BigInteger(), nullable=True),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("document_id", ID, nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "(document_id IS NOT NULL) = (state IN ('issued', 'reversed'))",
            name=op.f("ck_invoices_issued_with_document"),
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (document_id IS NULL) AND (tax IS NULL) = (document_id IS NULL)",
            name=op.f("ck_invoices_issued_with_sums"),
        ),
        sa.CheckConstraint(
            "amount IS NULL OR (amount > 0 AND 0 <= tax AND tax <= amount)", name=op.f("ck_invoices_tax_within_amount")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["invoice_documents.id"], name=op.f("fk_invoices_document_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("document_id", name=op.f("uq_invoices_document_id")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoices_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_state_applied_at"), ["state", "applied_at"], unique=False)
        batch_op.create_index(
            "one_live_invoice",
            ["order_id"],
            unique=True,
            sqlite_where=IS_LIVE,
            postgresql_where=IS_LIVE,
        )

    op.create_table(
        "red_letters",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("document_id", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "(document_id IS NOT NULL) = (state = 'issued')", name=op.f("ck_red_letters_issued_with_document")
        ),
        sa.CheckConstraint("amount > 0 AND 0 <= tax AND tax <= amount", name=op.f("ck_red_letters_tax_within_amount")),
        sa.ForeignKeyConstraint(["document_id"], ["invoice_documents.id"], name=op.f("fk_red_letters_document_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_red_letters_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_letters")),
        sa.UniqueConstraint("document_id", name=op.f("uq_red_letters_document_id")),
    )
    with op.batch_alter_table("red_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_red_letters_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_red_letters_state_asked_at"), ["state", "asked_at"], unique=False)

    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", ID, nullable=True),
        sa.Column("part_id", ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("vat_percent", sa.Integer(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "(order_line_id IS NULL) = (part_id IS NOT NULL)", name=op.f("ck_invoice_lines_goods_or_freight")
        ),
        sa.CheckConstraint(
            "amount > 0 AND 0 <= tax AND tax <= amount", name=op.f("ck_invoice_lines_tax_within_amount")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name=op.f("fk_invoice_lines_order_line_id")),
        sa.ForeignKeyConstraint(["part_id"], ["order_parts.id"], name=op.f("fk_invoice_lines_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_lines_invoice_id_position")),
    )
    op.create_table(
        "red_letter_lines",
        sa.Column("red_letter_id", ID, nullable=False),
        sa.Column("invoice_line_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 AND amount > 0 AND 0 <= tax AND tax <= amount",
            name=op.f("ck_red_letter_lines_tax_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_lines.id"], name=op.f("fk_red_letter_lines_invoice_line_id")
        ),
        sa.ForeignKeyConstraint(["red_letter_id"], ["red_letters.id"], name=op.f("fk_red_letter_lines_red_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_letter_lines")),
        sa.UniqueConstraint(
            "red_letter_id", "invoice_line_id", name=op.f("uq_red_letter_lines_red_letter_id_invoice_line_id")
        ),
    )


def downgrade() -> None:
    for table in (
        "red_letter_lines",
        "red_letters",
        "invoice_lines",
        "invoices",
        "invoice_titles",
        "invoice_documents",
    ):
        op.drop_table(table)
