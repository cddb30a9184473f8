"""The catalogue version: one number that moves whenever shoppers should see something else.

Selling out is not a change of catalogue. It is a flip, logged on its own, so that an order never makes every process
rebuild its index: a process that knows version and flip number reads only the flips since.
"""

import secrets
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Integer, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalog.models import Sku
from app.foundation.database import db

ONLY_ROW = 1
FLIPS_KEPT = 10_000


class CatalogVersion(db.Model):
    """One row, moved by every act that changes what shoppers see.

    It starts at random, so that two stores never agree by chance.
    """

    __tablename__ = "catalog_version"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)


class AvailabilityFlip(db.Model):
    """A SKU sold out or came back. Old rows are dropped; who missed them reads all availability again."""

    __tablename__ = "availability_flips"
    __personal__ = False
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku_id: Mapped[int] = mapped_column(Integer)
    available: Mapped[bool] = mapped_column(Boolean)


class Standing(NamedTuple):
    """How far the catalogue has moved: what a process compares its index with."""

    version: int
    flip: int


_STANDING = select(
    select(func.max(CatalogVersion.version)).scalar_subquery(), select(func.max(AvailabilityFlip.id)).scalar_subquery()
)


def standing(session: Session) -> Standing:
    """Where the catalogue stands now, in one query."""
    version, flip = session.execute(_STANDING).one()
    return Standing(version or 0, flip or 0)


def bump(session: Session) -> None:
    """Tell every process, once the caller's transaction commits, that shoppers now see something else."""
    moved = session.execute(
        update(CatalogVersion).where(CatalogVersion.id == ONLY_ROW).values(version=CatalogVersion.version + 1)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(CatalogVersion).values(id=ONLY_ROW, version=secrets.randbits(48)))


def mark_available(session: Session, sku_id: int, available: bool) -> bool:
    """Note that a SKU sold out or came back; says whether that is news. In the caller's transaction."""
    changed = session.execute(
        update(Sku)
        .where(Sku.id == sku_id, Sku.available.is_not(available))
        .values(available=available)
        .execution_options(synchronize_session="evaluate")
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    session.execute(insert(AvailabilityFlip).values(sku_id=sku_id, available=available))
    return True


def flips_since(session: Session, flip: int) -> list[tuple[int, bool]] | None:
    """SKUs that flipped after `flip`, in order. None where some were dropped already: read all again."""
    oldest = session.scalar(select(func.min(AvailabilityFlip.id)))
    if oldest is not None and oldest > flip + 1:
        return None
    rows = select(AvailabilityFlip.sku_id, AvailabilityFlip.available).where(AvailabilityFlip.id > flip)
    return [(sku_id, available) for sku_id, available in session.execute(rows.order_by(AvailabilityFlip.id))]


def drop_old_flips(session: Session) -> int:
    """Keep the newest ones only; returns how many went. In the caller's transaction."""
    newest = session.scalar(select(func.max(AvailabilityFlip.id))) or 0
    gone = session.execute(delete(AvailabilityFlip).where(AvailabilityFlip.id <= newest - FLIPS_KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
