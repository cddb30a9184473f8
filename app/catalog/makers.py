"""A maker that the catalogue does not know yet, added at the goods desk."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.catalog.errors import NoAddress
from app.catalog.models import Brand
from app.catalog.names import slug_of
from app.catalog.versions import bump
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError


class MakerKnown(BusinessError):
    """The catalogue has a maker under this address already."""

    message = _l("This maker is in the catalogue already.")
    status = 422


def add_maker(name_zh: str, name_en: str, aliases: Sequence[str] = (), *, actor: int | None = None) -> Brand:
    """Raises MakerKnown, or NoAddress where the English name holds no Latin letter or digit."""
    try:
        code = slug_of(name_en)[:40].strip("-")
    except ValueError:
        raise NoAddress from None
    with transaction() as session:
        if session.scalar(select(Brand.id).where(Brand.code == code)):
            raise MakerKnown
        brand = Brand(code=code, name_zh=name_zh, name_en=name_en, aliases="\n".join(aliases))
        session.add(brand)
        session.flush()
        bump(session)
        record("maker.added", actor=actor, brand=brand.id, code=code)
    return brand
