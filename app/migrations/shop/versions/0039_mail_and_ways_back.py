"""mail that became tickets, and how whoever asks hears of the answer

Revision: 0039, after 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP"}


def upgrade() -> None:
    """Of questions of before: a member has the site, a guest who left a contact is told by hand, others have the page.

    What was answered counts as told.
    """
    moment = MOMENT[op.get_bind().dialect.name]
    op.execute("ALTER TABLE support_tickets ADD COLUMN way_back VARCHAR(7) NOT NULL DEFAULT 'address'")
    op.execute(f"ALTER TABLE support_tickets ADD COLUMN told_at {moment}")
    op.execute("UPDATE support_tickets SET way_back = 'site' WHERE account_id IS NOT NULL")
    op.execute("UPDATE support_tickets SET way_back = 'hand' WHERE account_id IS NULL AND contact IS NOT NULL")
    op.execute("UPDATE support_tickets SET told_at = answered_at WHERE answered_at IS NOT NULL")
    op.create_table(
        "support_mails",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["support_tickets.id"], name=op.f("fk_support_mails_ticket_id_support_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_mails")),
        sa.UniqueConstraint("digest", name=op.f("uq_support_mails_digest")),
    )
    op.create_index(op.f("ix_support_mails_ticket_id"), "support_mails", ["ticket_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_support_mails_ticket_id"), table_name="support_mails")
    op.drop_table("support_mails")
    op.execute("ALTER TABLE support_tickets DROP COLUMN told_at")
    op.execute("ALTER TABLE support_tickets DROP COLUMN way_back")
