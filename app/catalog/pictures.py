"""Photographs of a product: re-encoded, without metadata, kept under UPLOADS_DIR, named after their content."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ForeignKey, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalog.errors import TooManyPictures
from app.catalog.publishing import product_by_id
from app.catalog.versions import bump
from app.foundation.audit import record
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.uploads import reencoded, shrunk
from app.privacy.files import names_files
from app.settings import current_settings

MOST = 8
LONGEST_SIDE = 1200
NAME_LENGTH = 32


class ProductPicture(db.Model):
    """A photograph. `name` is taken from its content, so a picture can be cached for ever."""

    __tablename__ = "product_pictures"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    alt_zh: Mapped[str] = mapped_column(String(120))
    alt_en: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(Integer)

    def alt(self, locale: str) -> str:
        """What the picture shows, for those who do not see it."""
        return self.alt_zh if locale == "zh" else self.alt_en


def add_picture(
    product_id: int, content: bytes, alt_zh: str, alt_en: str, at: datetime, folder: Path, *, actor: int | None = None
) -> ProductPicture:
    """Take a photograph in. `folder` is the uploads folder. Raises BadPicture, TooManyPictures, NotFound."""
    picture, size = shrunk(reencoded(content), LONGEST_SIDE)
    name = hashlib.sha256(picture).hexdigest()[:NAME_LENGTH]
    place = picture_path(folder, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    draft.write_bytes(picture)
    draft.replace(place)
    with transaction() as session:
        product = product_by_id(session, product_id)
        last = session.scalar(select(func.max(ProductPicture.position)).where(ProductPicture.product_id == product_id))
        if len(pictures_of(session, product_id)) >= MOST:
            raise TooManyPictures
        row = ProductPicture(
            product_id=product_id, name=name, width=size[0], height=size[1], alt_zh=alt_zh, alt_en=alt_en,
            position=(last or 0) + 1,
        )  # fmt: skip
        session.add(row)
        product.updated_at = at
        bump(session)
        record("product.picture_added", actor=actor, product=product_id, picture=name)
    return row


def remove_picture(picture_id: int, at: datetime, folder: Path, *, actor: int | None = None) -> None:
    """Take a photograph away; its file goes with the last product that shows it. Raises NotFound."""
    with transaction() as session:
        picture = session.get(ProductPicture, picture_id)
        if picture is None:
            raise NotFound
        name = picture.name
        product_by_id(session, picture.product_id).updated_at = at
        session.delete(picture)
        session.flush()
        is_last = session.scalar(select(func.count()).where(ProductPicture.name == name)) == 0
        bump(session)
        record("product.picture_removed", actor=actor, product=picture.product_id, picture=name)
    if is_last:
        picture_path(folder, name).unlink(missing_ok=True)


def pictures_of(session: Session, product_id: int) -> Sequence[ProductPicture]:
    """In the order in which the page shows them."""
    rows = select(ProductPicture).where(ProductPicture.product_id == product_id)
    return session.scalars(rows.order_by(ProductPicture.position, ProductPicture.id)).all()


def picture_path(folder: Path, name: str) -> Path:
    """Where a picture's file lies. Raises NotFound for a name that no picture can have."""
    if len(name) != NAME_LENGTH or not all(mark in "0123456789abcdef" for mark in name):
        raise NotFound
    return folder / "products" / f"{name}.webp"


@names_files
def picture_places(session: Session) -> list[Path]:
    """Where the files lie that rows name."""
    folder = current_settings().uploads_dir
    return [picture_path(folder, name) for name in session.scalars(select(ProductPicture.name).distinct())]
