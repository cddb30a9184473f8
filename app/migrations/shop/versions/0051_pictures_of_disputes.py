"""copies of the photographs that are shown in a dispute

Revision: 0051, after 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("disputes", sa.Column("pictures", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("disputes", "pictures")
