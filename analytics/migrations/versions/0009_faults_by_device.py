"""Faults by the class of the device that asked; those counted before are of an unknown one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OTHER = 0


def _made_anew(*keys: sa.Column) -> sa.Table:
    op.drop_table("faults")
    return op.create_table("faults", *keys, sa.Column("hits", sa.BigInteger, nullable=False), sqlite_with_rowid=False)


def _key(name: str, kind: type[sa.Integer]) -> sa.Column:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _counted() -> list[sa.Row]:
    return list(op.get_bind().execute(sa.text("SELECT day, fault, SUM(hits) AS hits FROM faults GROUP BY day, fault")))


def upgrade() -> None:
    before = _counted()
    faults = _made_anew(_key("day", sa.Integer), _key("fault", sa.BigInteger), _key("device", sa.SmallInteger))
    op.bulk_insert(
        faults, [{"day": row.day, "fault": row.fault, "device": OTHER, "hits": int(row.hits)} for row in before]
    )


def downgrade() -> None:
    before = _counted()
    faults = _made_anew(_key("day", sa.Integer), _key("fault", sa.BigInteger))
    op.bulk_insert(faults, [{"day": row.day, "fault": row.fault, "hits": int(row.hits)} for row in before])
