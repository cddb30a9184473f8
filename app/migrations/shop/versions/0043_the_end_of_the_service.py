"""the end of the service, and who was told of it

Revision: 0043, after 0042
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("state IN ('proposed', 'announced')")


def upgrade() -> None:
    op.create_table(
        "service_ends",
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_ends")),
    )
    op.create_index(
        "lone_service_ends", "service_ends", ["state"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_table(
        "service_end_deliveries",
        sa.Column("account_ref", ID, nullable=False),
        sa.Column("end_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_end_deliveries")),
        sa.UniqueConstraint(
            "account_ref", "end_id", "channel", name=op.f("uq_service_end_deliveries_account_ref_end_id_channel")
        ),
    )


def downgrade() -> None:
    op.drop_table("service_end_deliveries")
    op.drop_table("service_ends")
