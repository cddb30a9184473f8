"""Counters of promotions, and what was released of them to those who pay for them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _counter_table(name: str, keys: tuple[str, ...], count: str) -> None:
    kinds = {"day": sa.Integer(), "campaign": sa.Integer()}
    op.create_table(
        name,
        *(sa.Column(key, kinds.get(key, sa.SmallInteger()), primary_key=True, autoincrement=False) for key in keys),
        sa.Column(count, sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    _counter_table("promotions", ("day", "campaign", "arm", "measure", "lag", "band"), "happened")
    _counter_table("promotion_releases", ("day", "campaign", "measure", "band"), "released")


def downgrade() -> None:
    op.drop_table("promotion_releases")
    op.drop_table("promotions")
