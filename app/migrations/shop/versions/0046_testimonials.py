"""what customers have published about themselves

Revision: 0046, after 0045
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.database import UtcDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "testimonials",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("audit_ref", ID, nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("on_products", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("avatar_digest", sa.String(length=64), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("checked_by", ID, nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("company", sa.LargeBinary(), nullable=True),
        sa.Column("province", sa.LargeBinary(), nullable=True),
        sa.Column("avatar", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_testimonials_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonials")),
        sa.UniqueConstraint("key", name=op.f("uq_testimonials_key")),
    )
    op.create_index(op.f("ix_testimonials_account_id"), "testimonials", ["account_id"])
    op.create_index(op.f("ix_testimonials_state_published_at"), "testimonials", ["state", "published_at"])
    op.create_index(op.f("ix_testimonials_state_sent_at"), "testimonials", ["state", "sent_at"])
    op.create_index(op.f("ix_testimonials_sent_at"), "testimonials", ["sent_at"])
    op.create_table(
        "testimonial_goods",
        sa.Column("testimonial_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["testimonial_id"], ["testimonials.id"], name=op.f("fk_testimonial_goods_testimonial_id_testimonials")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_testimonial_goods_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonial_goods")),
        sa.UniqueConstraint("testimonial_id", "position", name=op.f("uq_testimonial_goods_testimonial_id_position")),
    )
    op.create_index(op.f("ix_testimonial_goods_product_id"), "testimonial_goods", ["product_id"])


def downgrade() -> None:
    op.drop_table("testimonial_goods")
    op.drop_table("testimonials")
