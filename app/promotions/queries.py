"""Campaigns by slot and principal, and whose goods were bought."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NoReturn

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.foundation.errors import NotFound
from app.promotions.models import (
    BRAND,
    DRAFT,
    HOME,
    LISTING,
    MODEL,
    PRODUCT,
    PUBLISHED,
    Campaign,
    Principal,
    PrincipalGoods,
)

_PLACES = {HOME: Campaign.on_home, LISTING: Campaign.on_listing, PRODUCT: Campaign.on_product}
_RUNNING = {
    slot: select(Campaign)
    .where(
        Campaign.state == PUBLISHED, place, Campaign.starts_on <= bindparam("day"), Campaign.ends_on >= bindparam("day")
    )
    .order_by(Campaign.id.desc())
    for slot, place in _PLACES.items()
}
"""Made once: every page with a slot asks."""


def running_in(session: Session, slot: str, day: date) -> Sequence[Campaign]:
    """What may be shown in a slot on a business day, newest first."""
    return session.scalars(_RUNNING[slot], {"day": day}).all()


def all_campaigns() -> Select[Campaign]:
    """For the desk: the latest period first."""
    return select(Campaign).order_by(Campaign.ends_on.desc(), Campaign.id.desc())


def campaigns_shown_of(principal: Principal) -> Select[Campaign]:
    """What a principal may ask about: own campaigns that were published."""
    return all_campaigns().where(Campaign.principal_id == principal.id, Campaign.state != DRAFT)


def all_principals() -> Select[Principal]:
    return select(Principal).order_by(Principal.name_en, Principal.id)


def campaign_numbered(session: Session, number: int) -> Campaign:
    """Raises NotFound."""
    return session.get(Campaign, number) or _nowhere()


def principal_numbered(session: Session, number: int) -> Principal:
    """Raises NotFound."""
    return session.get(Principal, number) or _nowhere()


def principals_selling(session: Session, brands: Collection[str], slugs: Collection[str]) -> list[int]:
    """The numbers of the principals to whose goods one of these brands or products belongs."""

    def among(kind: str, codes: Collection[str]) -> ColumnElement[bool]:
        return and_(PrincipalGoods.kind == kind, PrincipalGoods.code.in_(codes))

    theirs = or_(among(BRAND, brands), among(MODEL, slugs))
    query = select(PrincipalGoods.principal_id).where(theirs).distinct().order_by(PrincipalGoods.principal_id)
    return list(session.scalars(query))


def _nowhere() -> NoReturn:
    raise NotFound
