"""lots of stock, units shipped, and alarms that stand

Units of before become one lot of each SKU, called "1". Going back adds the lots of a place up again.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACE = ("sku_id", "warehouse_id")
LEVEL = (*PLACE, "lot_id")
REFERS_TO = {"sku_id": "skus.id", "warehouse_id": "warehouses.id", "lot_id": "lots.id"}

FIRST_LOTS = """
    INSERT INTO lots (sku_id, code, opened_at)
    SELECT sku_id, '1', min(at) FROM stock_movements GROUP BY sku_id ORDER BY sku_id
"""
LEVELS = """
    INSERT INTO stock_levels (sku_id, warehouse_id, lot_id, on_hand, held, shipped)
    SELECT before.sku_id, before.warehouse_id, lots.id, before.on_hand, before.held, coalesce(
        (SELECT sum(-on_hand_delta) FROM stock_movements
         WHERE stock_movements.sku_id = before.sku_id AND stock_movements.warehouse_id = before.warehouse_id
         AND stock_movements.kind = 'shipped'), 0)
    FROM before JOIN lots ON lots.sku_id = before.sku_id ORDER BY before.sku_id, before.warehouse_id
"""
MOVEMENTS = """
    INSERT INTO stock_movements (
        id, sku_id, warehouse_id, kind, on_hand_delta, held_delta, order_ref, reason, actor, at, lot_id)
    SELECT before.id, before.sku_id, before.warehouse_id, kind, on_hand_delta, held_delta, order_ref, reason, actor, at,
           lots.id
    FROM before JOIN lots ON lots.sku_id = before.sku_id
"""
LEVELS_BEFORE = """
    INSERT INTO stock_levels (sku_id, warehouse_id, on_hand, held)
    SELECT sku_id, warehouse_id, sum(on_hand), sum(held) FROM before
    GROUP BY sku_id, warehouse_id ORDER BY sku_id, warehouse_id
"""
MOVEMENTS_BEFORE = """
    INSERT INTO stock_movements (
        id, sku_id, warehouse_id, kind, on_hand_delta, held_delta, order_ref, reason, actor, at)
    SELECT id, sku_id, warehouse_id, kind, on_hand_delta, held_delta, order_ref, reason, actor, at FROM before
"""


def upgrade() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_lots_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("sku_id", "code", name=op.f("uq_lots_sku_id_code")),
    )
    op.execute(FIRST_LOTS)
    _put_aside("stock_levels")
    shipped = sa.Column("shipped", sa.BigInteger(), nullable=False)
    _make_levels(LEVEL, "held >= 0 AND held <= on_hand AND shipped >= 0", shipped)
    op.create_index(op.f("ix_stock_levels_lot_id"), "stock_levels", ["lot_id"])
    _fill(LEVELS)
    _put_aside("stock_movements")
    _make_movements(LEVEL)
    _fill(MOVEMENTS)
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarms")),
    )


def downgrade() -> None:
    op.drop_table("alarms")
    _put_aside("stock_movements")
    _make_movements(PLACE)
    _fill(MOVEMENTS_BEFORE)
    _put_aside("stock_levels")
    _make_levels(PLACE, "held >= 0 AND held <= on_hand")
    _fill(LEVELS_BEFORE)
    op.drop_table("lots")


def _put_aside(table: str) -> None:
    """Made anew instead of changed, because SQLite would lose the table's other checks if the tool copied it."""
    op.execute(f"CREATE TABLE before AS SELECT * FROM {table}")  # noqa: S608  # nosec B608 - a name of ours
    op.drop_table(table)


def _fill(rows: str) -> None:
    op.execute(rows)
    op.drop_table("before")


def _make_levels(key: tuple[str, ...], check: str, *more: sa.Column[int]) -> None:
    name = "stock_levels"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in key),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        *more,
        sa.CheckConstraint(check, name=op.f("ck_stock_levels_held_within_on_hand")),
        *_references(name, key),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_levels")),
        sa.UniqueConstraint(*key, name=op.f(f"uq_stock_levels_{'_'.join(key)}")),
    )
    op.create_index(op.f("ix_stock_levels_warehouse_id"), name, ["warehouse_id"])


def _make_movements(key: tuple[str, ...]) -> None:
    name = "stock_movements"
    op.create_table(
        name,
        *(sa.Column(column, sa.Integer(), nullable=False) for column in key),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on_hand_delta", sa.BigInteger(), nullable=False),
        sa.Column("held_delta", sa.BigInteger(), nullable=False),
        sa.Column("order_ref", ID, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", ID, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *_references(name, key),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index(op.f("ix_stock_movements_order_ref"), name, ["order_ref"])
    op.create_index(op.f(f"ix_stock_movements_{'_'.join(key)}"), name, list(key))


def _references(table: str, key: tuple[str, ...]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [REFERS_TO[column]], name=op.f(f"fk_{table}_{column}")) for column in key]
