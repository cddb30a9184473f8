"""mail addresses, and where a mail goes

Revision: 0044, after 0043
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mail_addresses",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mail_addresses_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_addresses")),
        sa.UniqueConstraint("account_id", name=op.f("uq_mail_addresses_account_id")),
    )
    with op.batch_alter_table("outbox_messages") as batch:
        batch.add_column(sa.Column("mail", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("mail_index", sa.LargeBinary(length=32), nullable=True))
        batch.create_index(op.f("ix_outbox_messages_mail_index"), ["mail_index"])


def downgrade() -> None:
    with op.batch_alter_table("outbox_messages") as batch:
        batch.drop_index(op.f("ix_outbox_messages_mail_index"))
        batch.drop_column("mail_index")
        batch.drop_column("mail")
    op.drop_table("mail_addresses")
