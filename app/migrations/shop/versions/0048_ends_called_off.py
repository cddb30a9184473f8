"""ends of the service that are called off

Revision: 0048, after 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_ends") as batch:
        batch.add_column(sa.Column("calls_off", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("service_ends") as batch:
        batch.alter_column("calls_off", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("service_ends") as batch:
        batch.drop_column("calls_off")
