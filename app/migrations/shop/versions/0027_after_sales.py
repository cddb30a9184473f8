"""after-sales cases; parcels that belong to one; machines that came back; where goods go back to

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_AWAY = sa.text("returned_at IS NULL")
SERIALS = "uq_parcel_units_serial_index"


def upgrade() -> None:
    op.add_column("warehouses", sa.Column("return_address", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("parcels", sa.Column("case_id", ID, nullable=True))
    op.add_column("parcel_units", sa.Column("open_case", ID, nullable=True))
    op.add_column("parcel_units", sa.Column("returned_at", sa.DateTime(), nullable=True))
    op.drop_index(SERIALS, table_name="parcel_units")
    op.create_index(
        SERIALS, "parcel_units", ["serial_index"], unique=True, sqlite_where=IS_AWAY, postgresql_where=IS_AWAY
    )
    _cases()
    _units_and_events()
    _texts_and_photographs()


def _cases() -> None:
    op.create_table(
        "after_sales_cases",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(), nullable=True),
        sa.Column("warned_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("agreed_hashrate", sa.BigInteger(), nullable=True),
        sa.Column("measured_hashrate", sa.BigInteger(), nullable=True),
        sa.Column("tolerance_per_mille", sa.Integer(), nullable=True),
        sa.Column("asked_amount", sa.BigInteger(), nullable=True),
        sa.Column("agreed_amount", sa.BigInteger(), nullable=True),
        sa.Column("agreed_freight", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("handled_by", ID, nullable=True),
        sa.Column("came_from", sa.String(length=16), nullable=True),
        sa.Column("is_upheld", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("goods", sa.String(length=6), server_default="buyer", nullable=False),
        sa.Column("return_to", sa.Integer(), nullable=True),
        sa.Column("return_carrier", sa.String(length=20), nullable=True),
        sa.Column("return_tracking", sa.String(length=40), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("restocked", sa.Integer(), nullable=True),
        sa.Column("refund_id", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_after_sales_cases_is_about_something")),
        sa.CheckConstraint(
            "agreed_amount IS NULL OR agreed_amount >= 0", name=op.f("ck_after_sales_cases_amount_is_money")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_after_sales_cases_closed_at_a_moment")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_after_sales_cases_{column}"))
            for column, target in (
                ("order_id", "orders.id"),
                ("account_id", "accounts.id"),
                ("line_id", "order_lines.id"),
                ("return_to", "warehouses.id"),
                ("refund_id", "refunds.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_after_sales_cases_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_after_sales_cases_refund_id")),
    )
    for columns in (["order_id"], ["line_id"], ["closed_at"], ["state", "deadline_at"], ["account_id", "opened_at"]):
        op.create_index(op.f(f"ix_after_sales_cases_{'_'.join(columns)}"), "after_sales_cases", columns)


def _units_and_events() -> None:
    op.create_table(
        "after_sales_units",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_in_warranty", sa.Boolean(), nullable=False),
        sa.Column("was_restocked", sa.Boolean(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sales_cases.id"], name=op.f("fk_after_sales_units_case_id")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["parcel_units.id"], name=op.f("fk_after_sales_units_unit_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_units")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_after_sales_units_case_id_position")),
    )
    op.create_table(
        "after_sales_events",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("actor", ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sales_cases.id"], name=op.f("fk_after_sales_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_events")),
    )
    for table, column in (("units", "case_id"), ("units", "unit_id"), ("events", "case_id")):
        op.create_index(op.f(f"ix_after_sales_{table}_{column}"), f"after_sales_{table}", [column])


def _texts_and_photographs() -> None:
    op.create_table(
        "after_sales_messages",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sales_cases.id"], name=op.f("fk_after_sales_messages_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_messages")),
    )
    op.create_table(
        "after_sales_photographs",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sales_cases.id"], name=op.f("fk_after_sales_photographs_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_photographs")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_after_sales_photographs_case_id_position")),
    )
    for table, column in (("messages", "subject_id"), ("messages", "case_id"), ("photographs", "subject_id")):
        op.create_index(op.f(f"ix_after_sales_{table}_{column}"), f"after_sales_{table}", [column])


def downgrade() -> None:
    for table in ("photographs", "messages", "events", "units", "cases"):
        op.drop_table(f"after_sales_{table}")
    op.execute(sa.text("DELETE FROM parcel_units WHERE returned_at IS NOT NULL"))
    op.drop_index(SERIALS, table_name="parcel_units")
    op.create_index(SERIALS, "parcel_units", ["serial_index"], unique=True)
    op.drop_column("parcel_units", "returned_at")
    op.drop_column("parcel_units", "open_case")
    op.drop_column("parcels", "case_id")
    op.drop_column("warehouses", "return_address")
