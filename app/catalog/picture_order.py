"""The order in which a product's page shows its photographs."""

from datetime import datetime

from app.catalog.pictures import ProductPicture, pictures_of
from app.catalog.publishing import product_by_id
from app.catalog.versions import bump
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound


def put_first(picture_id: int, at: datetime, *, actor: int | None = None) -> None:
    """Show this photograph first; the others keep their order. Safe to repeat. Raises NotFound."""
    with transaction() as session:
        first = session.get(ProductPicture, picture_id)
        if first is None:
            raise NotFound
        pictures = pictures_of(session, first.product_id)
        for position, picture in enumerate(sorted(pictures, key=lambda each: each is not first), start=1):
            picture.position = position
        product_by_id(session, first.product_id).updated_at = at
        bump(session)
        record("product.picture_put_first", actor=actor, product=first.product_id, picture=first.name)
