"""What pages tell when they are left: time in view, time to load, links that led out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = {
    "page_times": ((("page", sa.BigInteger),), ("hits", "seconds")),
    "loads": ((("page_kind", sa.SmallInteger), ("bucket", sa.SmallInteger)), ("hits",)),
    "outbound": (
        (("page_kind", sa.SmallInteger), ("way", sa.SmallInteger), ("target", sa.BigInteger)),
        ("hits",),
    ),
}


def upgrade() -> None:
    for name, (keys, counts) in TABLES.items():
        whole = (("day", sa.Integer), *keys)
        op.create_table(
            name,
            *(sa.Column(key, kind(), autoincrement=False, nullable=False) for key, kind in whole),
            *(sa.Column(count, sa.BigInteger(), nullable=False) for count in counts),
            sa.PrimaryKeyConstraint(*(key for key, _ in whole)),
            sqlite_with_rowid=False,
        )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
