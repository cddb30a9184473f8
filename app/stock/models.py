"""Warehouses, lots, stock levels and the movement ledger. Nothing here says anything about a person."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models import Bilingual
from app.foundation.database import Id, IdMixin, UtcDateTime, db

RECEIVED, ADJUSTED, MOVED, TAKEN, GIVEN_BACK, SHIPPED, RETURNED = (
    "received", "adjusted", "moved", "taken", "given_back", "shipped", "returned",
)  # fmt: skip


class Warehouse(Bilingual, db.Model):
    """A place goods leave from. Its province decides freight and arrival. A closed one holds nothing."""

    __tablename__ = "warehouses"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    province: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(Integer, default=1000)
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    return_address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where buyers send goods back to; "" where the warehouse takes none in."""


class Lot(db.Model):
    """Units of one SKU that came, or for futures will come, together: a container, a batch of its maker's."""

    __tablename__ = "lots"
    __personal__ = False
    __table_args__ = (UniqueConstraint("sku_id", "code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"))
    code: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StockLevel(db.Model):
    """Units of one lot in one warehouse: what lies there, what of it orders hold, and what has left for buyers.

    For futures they are the batch still to come.
    """

    __tablename__ = "stock_levels"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("sku_id", "warehouse_id", "lot_id"),
        CheckConstraint("held >= 0 AND held <= on_hand AND shipped >= 0", name="held_within_on_hand"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouses.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    on_hand: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    shipped: Mapped[int] = mapped_column(BigInteger, default=0)

    warehouse: Mapped[Warehouse] = relationship(lazy="joined", innerjoin=True)
    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)

    @property
    def left(self) -> int:
        """Units that can still be sold."""
        return self.on_hand - self.held


class StockMovement(IdMixin, db.Model):
    """One change of one level, with why. Appended, never changed: per level the deltas sum to its counters.

    `order_ref` is the random key of the order, or of the after-sales case, that it was made for; `actor` is the audit
    reference of the person at the goods desk.
    """

    __tablename__ = "stock_movements"
    __personal__ = False
    __table_args__ = (Index(None, "sku_id", "warehouse_id", "lot_id"), Index(None, "at"))

    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouses.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    kind: Mapped[str] = mapped_column(String(12))
    on_hand_delta: Mapped[int] = mapped_column(BigInteger, default=0)
    held_delta: Mapped[int] = mapped_column(BigInteger, default=0)
    order_ref: Mapped[int | None] = mapped_column(Id, index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    actor: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)
