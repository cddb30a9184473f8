"""Registering the links that marketers spread, and retiring them. Every act is audited. Clause 2.9."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.marketing.models import RegisteredLink
from app.measurement.beside import Utm

MOST_LIVE_LINKS = 300
LARGEST_NUMBER = 65_535
"""What the counting house has room for. With 300 in use at a time, that is for good."""


class NothingSaid(BusinessError):
    """A link without any UTM value would be every link."""

    message = _l("Please fill in at least one of the five values.")


class AlreadyRegistered(BusinessError):
    """Two numbers for the same values could not be told apart."""

    message = _l("A link with the same five values is registered already.")


class TooManyLinks(BusinessError):
    """Pages look through all of them, and the cells of the counters grow with them."""

    message = _l("Three hundred links at most. Please retire one first.")


def register_link(name: str, utm: Utm, target: str, *, actor: int) -> RegisteredLink:
    """Raises NothingSaid, AlreadyRegistered, TooManyLinks."""
    if not any(utm):
        raise NothingSaid
    try:
        with transaction() as session:
            live = select(func.count()).where(RegisteredLink.retired_at.is_(None))
            highest = session.scalar(select(func.max(RegisteredLink.id))) or 0
            if session.scalars(live).one() >= MOST_LIVE_LINKS or highest >= LARGEST_NUMBER:
                raise TooManyLinks
            link = RegisteredLink(name=name, target=target, **utm._asdict())
            session.add(link)
            session.flush()
            record("marketing.link_registered", actor=actor, link=link.id)
    except IntegrityError as taken:
        raise AlreadyRegistered from taken
    return link


def retire_link(number: int, at: datetime, *, actor: int) -> None:
    """From now on its values are dropped; what it counted stays, under its name. Safe to repeat. Raises NotFound."""
    with transaction() as session:
        link = session.get(RegisteredLink, number)
        if link is None:
            raise NotFound
        if link.retired_at is None:
            link.retired_at = at
            record("marketing.link_retired", actor=actor, link=number)
