"""Of those whom promotions reached, countries that are not on the short list count as one, and are not released by name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PLACE, OTHER = 10, 0
LISTED = ("CN", "HK", "MO", "TW", "SG", "MY", "TH", "VN", "ID", "JP", "KR", "KZ", "RU", "AE", "DE", "GB", "US", "CA")
CODES = [((ord(first) - 65) * 26 + ord(second) - 64) * 1000 for first, second in LISTED]

audience = sa.table("promotion_audience", *(sa.column(name) for name in ("day", "campaign", "cut", "a", "happened")))
released = sa.table("promotion_audience_releases", sa.column("cut"), sa.column("a"))


def upgrade() -> None:
    unlisted = (audience.c.cut == PLACE) & audience.c.a.not_in(CODES)
    sums = (
        sa.select(audience.c.day, audience.c.campaign, sa.func.sum(audience.c.happened))
        .where(unlisted)
        .group_by(audience.c.day, audience.c.campaign)
    )
    rows = [
        {"day": day, "campaign": campaign, "cut": PLACE, "a": OTHER, "happened": int(happened)}
        for day, campaign, happened in op.get_bind().execute(sums)
    ]
    op.execute(audience.delete().where(unlisted))
    op.bulk_insert(audience, rows)
    op.execute(released.delete().where((released.c.cut == PLACE) & released.c.a.not_in([OTHER, *CODES])))


def downgrade() -> None:
    """The tables are the same; which countries they were nobody knows any more."""
