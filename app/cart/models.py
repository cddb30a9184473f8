"""Members' carts. A guest's cart never comes here (clause 3.1.1a)."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.money import Money, MoneyType


class CartLine(db.Model):
    """A SKU in a member's cart. `price_seen` is only compared with today's price, never charged."""

    __tablename__ = "cart_lines"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"), primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(Integer)
    price_seen: Mapped[Money | None] = mapped_column(MoneyType)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CartMerge(IdMixin, db.Model):
    """A guest's cart that went into a member's. It goes in once; `before` (SKU id: quantity) lets it be undone."""

    __tablename__ = "cart_merges"
    __personal__ = False
    __table_args__ = (UniqueConstraint("account_id", "reference"),)

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"))
    reference: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    before: Mapped[dict[str, int]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
