"""Parcels

What was written on the part itself becomes its first parcel, under the part's own key.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHIPPED = (
    "shipped INTEGER DEFAULT 0 NOT NULL "
    "CONSTRAINT ck_order_lines_ships_what_was_bought CHECK (shipped >= 0 AND shipped <= quantity)"
)
"""Written out, because SQLite would lose the table's other checks if the tool copied it."""


def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("part_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=False),
        sa.Column("shipped_at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["order_parts.id"], name=op.f("fk_parcels_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint(
            "part_id", "carrier", "tracking_number", name=op.f("uq_parcels_part_id_carrier_tracking_number")
        ),
        sa.UniqueConstraint("part_id", "position", name=op.f("uq_parcels_part_id_position")),
    )
    op.create_table(
        "parcel_lines",
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_lines_holds_something")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_parcel_lines_line_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_lines_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_lines")),
        sa.UniqueConstraint("parcel_id", "line_id", name=op.f("uq_parcel_lines_parcel_id_line_id")),
    )
    op.create_index(op.f("ix_parcel_lines_line_id"), "parcel_lines", ["line_id"])
    op.create_table(
        "parcel_units",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("warranty_until", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("serial", sa.LargeBinary(), nullable=False),
        sa.Column("serial_index", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_parcel_units_line_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_units_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_units")),
    )
    for column in ("parcel_id", "serial_index", "subject_id", "warranty_until"):
        op.create_index(op.f(f"ix_parcel_units_{column}"), "parcel_units", [column])
    op.create_index("uq_parcel_units_serial_index", "parcel_units", ["serial_index"], unique=True)
    op.execute(f"ALTER TABLE order_lines ADD COLUMN {SHIPPED}")
    _move_to_parcels()
    for column in ("carrier", "tracking_number"):
        op.execute(f"ALTER TABLE order_parts DROP COLUMN {column}")


def _move_to_parcels() -> None:
    op.execute(
        "INSERT INTO parcels (id, part_id, position, carrier, tracking_number, shipped_at) "
        "SELECT id, id, 1, carrier, tracking_number, shipped_at FROM order_parts WHERE carrier IS NOT NULL"
    )
    op.execute(
        "INSERT INTO parcel_lines (id, parcel_id, line_id, quantity) "
        "SELECT id, part_id, id, quantity FROM order_lines "
        "WHERE part_id IN (SELECT id FROM order_parts WHERE carrier IS NOT NULL)"
    )
    op.execute(
        "UPDATE order_lines SET shipped = quantity "
        "WHERE part_id IN (SELECT id FROM order_parts WHERE carrier IS NOT NULL)"
    )


def downgrade() -> None:
    with op.batch_alter_table("order_parts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carrier", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("tracking_number", sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE order_parts SET (carrier, tracking_number) = (SELECT carrier, tracking_number FROM parcels "
        "WHERE parcels.part_id = order_parts.id AND parcels.position = 1)"
    )
    op.execute("ALTER TABLE order_lines DROP COLUMN shipped")
    op.drop_table("parcel_units")
    op.drop_table("parcel_lines")
    op.drop_table("parcels")
