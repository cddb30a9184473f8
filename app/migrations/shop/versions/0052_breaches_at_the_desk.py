"""breaches worked through at a desk: drills, containment, two people for the notices, the report, the close

Revision: 0052, after 0051
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACTS = ("contained", "asked", "reported", "closed")


def upgrade() -> None:
    with op.batch_alter_table("breaches") as breaches:
        breaches.add_column(sa.Column("state", sa.String(length=9), nullable=False, server_default="open"))
        breaches.add_column(sa.Column("is_drill", sa.Boolean(), nullable=False, server_default=sa.false()))
        breaches.add_column(sa.Column("readers", sa.JSON(), nullable=False, server_default="[]"))
        breaches.add_column(sa.Column("containment", sa.Text(), nullable=False, server_default=""))
        breaches.add_column(sa.Column("reported_to", sa.String(length=200), nullable=False, server_default=""))
        breaches.add_column(sa.Column("opened_by", ID, nullable=True))
        breaches.add_column(sa.Column("opened_at", UtcDateTime(), nullable=True))
        breaches.add_column(sa.Column("released_by", ID, nullable=True))
        for act in ACTS:
            breaches.add_column(sa.Column(f"{act}_by", ID, nullable=True))
            breaches.add_column(sa.Column(f"{act}_at", UtcDateTime(), nullable=True))
    names = ("id", "reader", "state", "opened_at", "found_at", "released_at")
    rows = sa.table("breaches", sa.column("readers", sa.JSON), *map(sa.column, names))
    store = op.get_bind()
    store.execute(rows.update().values(opened_at=rows.c.found_at))
    store.execute(rows.update().where(rows.c.released_at.is_not(None)).values(state="released"))
    for row in store.execute(sa.select(rows.c.id, rows.c.reader).where(rows.c.reader.is_not(None))).all():
        store.execute(rows.update().where(rows.c.id == row.id).values(readers=[row.reader]))
    with op.batch_alter_table("breaches") as breaches:
        breaches.drop_column("reader")
        breaches.alter_column("opened_at", existing_type=UtcDateTime(), nullable=False)
        for column in ("state", "is_drill", "readers", "containment", "reported_to"):
            breaches.alter_column(column, server_default=None)
        breaches.create_index(op.f("ix_breaches_state_found_at"), ["state", "found_at"])
        breaches.create_index(op.f("ix_breaches_found_at"), ["found_at"])


def downgrade() -> None:
    with op.batch_alter_table("breaches") as breaches:
        breaches.drop_index(op.f("ix_breaches_state_found_at"))
        breaches.drop_index(op.f("ix_breaches_found_at"))
        breaches.add_column(sa.Column("reader", ID, nullable=True))
        for act in ("opened", *ACTS):
            breaches.drop_column(f"{act}_by")
            breaches.drop_column(f"{act}_at")
        for column in ("released_by", "state", "is_drill", "readers", "containment", "reported_to"):
            breaches.drop_column(column)
