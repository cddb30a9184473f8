"""the way of a parcel

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENTS = ("state_at", "signed_at", "look_at", "subscribed_at", "heard_at")


def upgrade() -> None:
    op.create_table(
        "tracking_events",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_tracking_events_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint("parcel_id", "digest", name=op.f("uq_tracking_events_parcel_id_digest")),
    )
    op.create_index(op.f("ix_tracking_events_subject_id"), "tracking_events", ["subject_id"])
    op.create_table(
        "carrier_messages",
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_carrier_messages_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_messages")),
        sa.UniqueConstraint("parcel_id", "digest", name=op.f("uq_carrier_messages_parcel_id_digest")),
    )
    op.create_index(op.f("ix_carrier_messages_received_at"), "carrier_messages", ["received_at"])
    op.create_table(
        "carrier_links",
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_carrier_links_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_links")),
    )
    op.create_index(op.f("ix_carrier_links_parcel_id"), "carrier_links", ["parcel_id"])
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=12), nullable=False, server_default="handed"))
        batch_op.add_column(sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("problem", sa.String(length=40), nullable=True))
        for moment in MOMENTS:
            batch_op.add_column(sa.Column(moment, sa.DateTime(), nullable=True))
        batch_op.create_index(op.f("ix_parcels_look_at"), ["look_at"])


def downgrade() -> None:
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_parcels_look_at"))
        for column in ("state", "looks", "problem", *MOMENTS):
            batch_op.drop_column(column)
    for table in ("carrier_links", "carrier_messages", "tracking_events"):
        op.drop_table(table)
