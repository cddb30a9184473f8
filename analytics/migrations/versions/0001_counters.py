"""The first counters: figures, visitor gaps, pages, funnel, conversions, what was left out, the shop's own day totals."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _counter_table(name: str, keys: list[tuple[str, sa.types.TypeEngine]], *counts: str) -> None:
    op.create_table(
        name,
        *(sa.Column(key, kind, primary_key=True, autoincrement=False) for key, kind in keys),
        *(sa.Column(count, sa.BigInteger, nullable=False) for count in counts),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    day, cut = ("day", sa.Integer()), ("cut", sa.SmallInteger())
    a, b = ("a", sa.BigInteger()), ("b", sa.BigInteger())
    _counter_table("figures", [day, cut, a, b], "views", "pages", "visits", "bounces", "seconds")
    _counter_table("visitor_gaps", [day, cut, a, b, ("gap", sa.SmallInteger())], "visitors")
    _counter_table("page_figures", [day, cut, a, ("page", sa.BigInteger())], "views", "entries", "exits")
    steps = [("step_before", sa.SmallInteger()), ("step_after", sa.SmallInteger())]
    _counter_table("funnel", [day, cut, a, *steps], "visits")
    sources = [("first_source", sa.BigInteger()), ("source", sa.BigInteger())]
    _counter_table("conversions", [day, *sources, ("band", sa.SmallInteger())], "orders")
    _counter_table("left_out", [day, ("reason", sa.SmallInteger())], "hits")
    _counter_table("shop_days", [day, ("measure", sa.SmallInteger())], "orders", "amount")
    op.create_table(
        "pages",
        sa.Column("page", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("nonces_by_hour", "nonces", ["hour"])
    op.create_table(
        "journal_files",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in (
        "journal_files", "nonces", "pages", "shop_days", "left_out", "conversions", "funnel", "page_figures",
        "visitor_gaps", "figures",
    ):  # fmt: skip
        op.drop_table(table)
